create table dead_letter (
    tenant_id uuid not null,
    id uuid not null,
    sync_id uuid not null,
    -- The record's business key where it has one, otherwise a hash of its content. One open letter each.
    record_key text not null,
    stage text not null check (stage in ('Read', 'Map', 'Write')),
    cause text not null,
    outcome text not null check (outcome in ('Rejected', 'Failed', 'Unknown')),
    code text not null,
    field text not null,
    message text not null,
    state text not null check (state in ('Waiting', 'Queued', 'Replaying', 'Resolved', 'Superseded', 'Discarded')),
    attempts int not null,
    mapping_version int,
    payload bytea not null,
    payload_size int not null,
    -- Keyed hash: tells whether the same record came again, and nothing else.
    payload_print bytea not null,
    -- What the outside system answered, sealed like the payload: it may repeat parts of it.
    answer bytea,
    edited bytea,
    edited_by text,
    edited_at timestamptz,
    first_run_id uuid not null,
    last_run_id uuid not null,
    first_failed_at timestamptz not null,
    last_failed_at timestamptz not null,
    closed_at timestamptz,
    closed_by text,
    close_reason text,
    version int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create unique index dead_letter_one_open on dead_letter (tenant_id, sync_id, record_key) where state in ('Waiting', 'Queued', 'Replaying');
create index on dead_letter (tenant_id, last_failed_at desc, id desc);
create index on dead_letter (tenant_id, state, last_failed_at desc, id desc);
create index on dead_letter (tenant_id, sync_id, state, last_failed_at desc, id desc);
create index on dead_letter (tenant_id, cause, state, last_failed_at desc, id desc);
create index dead_letter_open_by_cause on dead_letter (tenant_id, sync_id, cause) where state in ('Waiting', 'Queued', 'Replaying');
call protect_tenant_table('dead_letter');

create table dead_letter_attempt (
    tenant_id uuid not null,
    letter_id uuid not null,
    number int not null,
    run_id uuid not null,
    at timestamptz not null,
    node text not null,
    mapping_version int,
    requested_by text not null,
    outcome text not null,
    cause text,
    message text not null,
    primary key (tenant_id, letter_id, number),
    foreign key (tenant_id, letter_id) references dead_letter (tenant_id, id) on delete cascade
);
call protect_tenant_table('dead_letter_attempt');

create table replay_item (
    tenant_id uuid not null,
    replay_id uuid not null,
    letter_id uuid not null,
    sync_id uuid not null,
    state text not null check (state in ('Queued', 'Claimed', 'Delivered', 'Failed', 'Skipped')),
    message text not null default '',
    claimed_by text,
    claimed_until timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, replay_id, letter_id),
    foreign key (tenant_id, replay_id) references replay (tenant_id, id) on delete cascade,
    foreign key (tenant_id, letter_id) references dead_letter (tenant_id, id) on delete cascade
);
-- Two replays never hold the same letter at once.
create unique index replay_item_one_claim on replay_item (tenant_id, letter_id) where state in ('Queued', 'Claimed');
create index on replay_item (tenant_id, replay_id, sync_id, state);
call protect_tenant_table('replay_item');
