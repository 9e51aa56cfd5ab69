-- What becomes at the destination of records that were deleted at the source, as JSON; null for nothing.
alter table sync_definition add column deletes jsonb;

-- Rows taken away or marked at the destination. Apart from the balance: not every one of them was read.
alter table run add column deleted bigint not null default 0;

alter table run drop constraint run_state_check;
alter table run add constraint run_state_check check (state in ('Queued', 'Running', 'Succeeded', 'Partial', 'Failed', 'Cancelled', 'Skipped', 'Held'));
drop index run_last_ended;
create index run_last_ended on run (tenant_id, sync_id, finished_at) where state in ('Succeeded', 'Partial', 'Failed', 'Held') and not beside;

-- A deletion that is larger than the integration may make by itself, and what somebody decided about it.
create table deletion (
    tenant_id uuid not null,
    id uuid not null,
    sync_id uuid not null,
    run_id uuid not null,
    state text not null check (state in ('Waiting', 'Approved', 'Done', 'Refused', 'Outdated')),
    rows bigint not null,
    owned bigint not null,
    -- Keys of some of the rows.
    samples text[] not null,
    -- Rows whose record was not met since then are gone as well; null where records say it themselves.
    unseen_since timestamptz,
    asked_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    reason text not null default '',
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade,
    foreign key (tenant_id, run_id) references run (tenant_id, id) on delete cascade
);
create unique index deletion_one_waiting on deletion (tenant_id, sync_id) where state = 'Waiting';
create index on deletion (tenant_id, run_id);
call protect_tenant_table('deletion');

-- For a run that carries out what was approved.
alter table run add column deletion_id uuid;
alter table run add foreign key (tenant_id, deletion_id) references deletion (tenant_id, id) on delete cascade;
create index on run (tenant_id, deletion_id) where deletion_id is not null;
