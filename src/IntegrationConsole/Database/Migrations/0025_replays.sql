-- Rows of all tenants are brought up to date below.
select set_config('app.scope', 'fleet', true);

-- How a replay goes about its letters, where it stands, and who put it there.
alter table replay drop constraint replay_state_check;
alter table replay add constraint replay_state_check check (state in ('Draft', 'Waiting', 'Running', 'Paused', 'Stopped', 'Done', 'Cancelled'));
alter table replay
    -- Of all letters one version of the mapping that somebody chose; null for the published one, or each letter's own.
    add column mapping_version int,
    -- Letters a second; 0 for as fast as it goes.
    add column pace double precision not null default 0,
    -- Of the calls that the destination allows, how many in a hundred a replay may take.
    add column budget_share int not null default 100 check (budget_share between 1 and 100),
    add column is_staged boolean not null default false,
    -- A share of failures, in a hundred, at which it stops; 0 for never.
    add column stop_percent int not null default 0 check (stop_percent between 0 and 100),
    add column stops_on_same boolean not null default false,
    add column start_rule text not null default 'Now' check (start_rule in ('Now', 'At', 'CircuitsClosed')),
    add column start_at timestamptz,
    -- Which letters, as it was asked for, and as of when; which of them are taken is written down by chunks.
    add column selection jsonb,
    add column include_unknown boolean not null default false,
    add column as_of timestamptz,
    add column frozen_turn bigint,
    add column frozen_at timestamptz,
    add column sync_ids uuid[] not null default '{}',
    -- Sent before and the answer lost, and so left out.
    add column excluded int not null default 0,
    -- What is changed in every letter, sealed: it may hold values of records.
    add column patch bytea,
    add column patched int not null default 0,
    -- The console itself asked for it, by a rule of the integration.
    add column is_policy boolean not null default false,
    -- The composer's address, for a draft.
    add column address text,
    add column state_by text not null default '',
    add column state_reason text not null default '',
    add column state_at timestamptz,
    add column began_at timestamptz,
    add column delivered int not null default 0,
    add column failed int not null default 0,
    add column skipped int not null default 0,
    add column stage int not null default 4 check (stage between 1 and 4),
    add column stage_done int not null default 0,
    add column stage_failed int not null default 0,
    add column stage_same int not null default 0,
    -- When its pace lets the next letters go.
    add column free_at timestamptz,
    -- Letters that did not get their turn are given back by chunks.
    add column given_back boolean not null default true;

alter table replay_item
    add column stage int not null default 4,
    add column turn bigint not null default 0,
    -- Why it failed again, and whether that is what it had failed for before.
    add column cause text,
    add column code text,
    add column field text,
    add column is_same boolean not null default false;

update replay_item i set turn = d.turn from dead_letter d where d.tenant_id = i.tenant_id and d.id = i.letter_id and i.state in ('Queued', 'Claimed');
update replay p set
    frozen_at = p.requested_at, as_of = p.requested_at, state_at = coalesce(p.finished_at, p.requested_at), state_by = coalesce(p.cancelled_by, p.requested_by), began_at = p.requested_at,
    sync_ids = coalesce((select array_agg(distinct i.sync_id) from replay_item i where i.tenant_id = p.tenant_id and i.replay_id = p.id), '{}'),
    delivered = (select count(*) from replay_item i where i.tenant_id = p.tenant_id and i.replay_id = p.id and i.state = 'Delivered'),
    failed = (select count(*) from replay_item i where i.tenant_id = p.tenant_id and i.replay_id = p.id and i.state = 'Failed'),
    skipped = (select count(*) from replay_item i where i.tenant_id = p.tenant_id and i.replay_id = p.id and i.state = 'Skipped');

select set_config('app.scope', '', true);

create index replay_open on replay (requested_at) where state in ('Waiting', 'Running') or not given_back;
create index replay_by_state on replay (tenant_id, state, requested_at desc, id desc);
create index replay_item_next on replay_item (tenant_id, replay_id, sync_id, stage, turn) where state = 'Queued';
create index replay_item_open on replay_item (tenant_id, replay_id, stage) where state in ('Queued', 'Claimed');
create index replay_item_finished on replay_item (tenant_id, replay_id, finished_at) where finished_at is not null;
create index dead_letter_waiting_in_turn on dead_letter (tenant_id, turn) where state = 'Waiting';

create table replay_event (
    tenant_id uuid not null,
    replay_id uuid not null,
    seq bigint generated always as identity,
    at timestamptz not null,
    actor text not null,
    message text not null,
    primary key (tenant_id, replay_id, seq),
    foreign key (tenant_id, replay_id) references replay (tenant_id, id) on delete cascade
);
call protect_tenant_table('replay_event');

-- Which causes of an integration are replayed without anybody asking.
create table replay_policy (
    tenant_id uuid not null,
    sync_id uuid not null,
    causes text[] not null,
    set_by text not null,
    set_at timestamptz not null,
    primary key (tenant_id, sync_id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
call protect_tenant_table('replay_policy');

-- How often a policy has replayed it, and when it may again.
alter table dead_letter add column auto_tries int not null default 0, add column auto_after timestamptz;
