-- Replays and discards of more letters than this wait until somebody else agrees; null for never.
alter table tenant add column second_person_above int check (second_person_above >= 0);

alter table replay drop constraint replay_state_check;
alter table replay add constraint replay_state_check check (state in ('Draft', 'Asked', 'Waiting', 'Running', 'Paused', 'Stopped', 'Done', 'Cancelled'));

-- What waits for a second person. A replay has the id of its request.
create table letter_request (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    kind text not null check (kind in ('Replay', 'Discard')),
    scope text not null,
    reason text not null,
    letters int not null,
    -- The failure group whose letters they are; null where they were chosen otherwise.
    group_id uuid,
    asked_by text not null,
    asked_by_id uuid,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    state text not null check (state in ('Open', 'Approved', 'Refused', 'Withdrawn', 'Expired')),
    decided_by text,
    decided_at timestamptz,
    answer text not null default '',
    primary key (tenant_id, id)
);
create index letter_request_open on letter_request (expires_at) where state = 'Open';
create index letter_request_of_tenant on letter_request (tenant_id, asked_at) where state = 'Open';
call protect_tenant_table('letter_request');

-- Which letters, and each as it was: one that changed since is not what was asked for.
create table letter_request_item (
    tenant_id uuid not null,
    request_id uuid not null,
    turn bigint not null,
    letter_id uuid not null,
    version int not null,
    primary key (tenant_id, request_id, turn, letter_id),
    foreign key (tenant_id, request_id) references letter_request (tenant_id, id) on delete cascade
);
call protect_tenant_table('letter_request_item');

-- Who keeps a run held although the circuit that held it was closed; null where nobody does.
alter table run add column kept_by text;
