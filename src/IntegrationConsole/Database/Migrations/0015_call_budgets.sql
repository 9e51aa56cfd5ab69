-- What is left of the calls that a credential may make (a connection, where it has none): one row for all nodes, which
-- lease slices of it.
create table call_budget (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    -- The strictest of what the connections set that share it, as of the last lease.
    per_second double precision,
    per_minute int,
    per_day int,
    -- The moments at which the next call is free of the limits per second and per minute.
    second_at timestamptz not null,
    minute_at timestamptz not null,
    -- The day, in UTC, whose calls are counted.
    day timestamptz not null,
    day_used int not null,
    -- What the system itself said last, less what was leased since.
    told_limit double precision,
    told_remaining double precision,
    told_reset_at timestamptz,
    told_at timestamptz not null,
    -- When the next slice begins: later than now means that calls wait.
    free_at timestamptz not null,
    primary key (tenant_id, id)
);
call protect_tenant_table('call_budget');
