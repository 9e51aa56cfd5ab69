create table maintenance_window (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    scope text not null check (scope in ('Tenant', 'Connection', 'Integration')),
    -- The connection or the integration; null for the whole tenant.
    scope_id uuid,
    reason text not null,
    holds_runs boolean not null,
    recurrence jsonb not null,
    grace_minutes int not null check (grace_minutes between 0 and 1440),
    created_by text not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    ended_by text not null default '',
    primary key (tenant_id, id),
    check ((scope = 'Tenant') = (scope_id is null))
);
call protect_tenant_table('maintenance_window');

-- The times of a window, worked out some weeks ahead: whoever asks whether one is open now asks rows, not calendars.
create table maintenance_time (
    tenant_id uuid not null,
    id uuid not null,
    window_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    grace_until timestamptz not null,
    runs_held int not null default 0,
    summary text not null default '',
    summed_up_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, window_id, starts_at),
    foreign key (tenant_id, window_id) references maintenance_window (tenant_id, id) on delete cascade
);
create index on maintenance_time (tenant_id, grace_until);
call protect_tenant_table('maintenance_time');

-- Which maintenance a queued run waits for.
alter table run add column maintenance_id uuid;
create index run_in_maintenance on run (tenant_id, maintenance_id) where maintenance_id is not null and state = 'Queued';
