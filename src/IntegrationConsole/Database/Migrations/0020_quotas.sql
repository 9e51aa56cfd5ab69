-- What a tenant may take of what all share. A null is the deployment's default; a zero is no limit.
create table tenant_quota (
    tenant_id uuid primary key references tenant (id) on delete cascade,
    concurrent_runs int check (concurrent_runs >= 1),
    records_per_minute int check (records_per_minute >= 0),
    calls_per_minute int check (calls_per_minute >= 0),
    letter_megabytes int check (letter_megabytes >= 0),
    version int not null,
    changed_at timestamptz not null,
    changed_by text not null
);
call protect_tenant_table('tenant_quota');

-- Until when the records that were let through take up a tenant's records per minute: one row for all nodes.
create table record_pace (
    tenant_id uuid primary key references tenant (id) on delete cascade,
    free_at timestamptz not null
);
call protect_tenant_table('record_pace');

-- When the scheduler is to start a queued run. Without it the run stands in its tenant's line, and is called when there
-- is a free place for it: the scheduler never holds more of a tenant's runs than the tenant has places.
alter table run add column called_at timestamptz;
update run set called_at = start_after where state = 'Queued';
create index run_in_line on run (tenant_id, (started_at is null), start_after, id) where state = 'Queued' and called_at is null;
create index run_in_place on run (tenant_id, state, called_at) where state = 'Running' or (state = 'Queued' and called_at is not null);

-- What a tenant's open letters take up.
create index dead_letter_open_size on dead_letter (tenant_id) include (payload_size) where state in ('Waiting', 'Queued', 'Replaying');
