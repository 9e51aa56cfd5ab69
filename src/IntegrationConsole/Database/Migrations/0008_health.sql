create table sync_minute (
    tenant_id uuid not null,
    sync_id uuid not null,
    minute timestamptz not null,
    records_read bigint not null default 0,
    written bigint not null default 0,
    unchanged bigint not null default 0,
    filtered bigint not null default 0,
    rejected bigint not null default 0,
    failed bigint not null default 0,
    unknown bigint not null default 0,
    runs_good int not null default 0,
    runs_bad int not null default 0,
    primary key (tenant_id, sync_id, minute),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on sync_minute (tenant_id, minute);
call protect_tenant_table('sync_minute');

create table connection_minute (
    tenant_id uuid not null,
    connection_id uuid not null,
    minute timestamptz not null,
    calls bigint not null,
    failures bigint not null,
    -- Counts of calls by duration; the bounds are Health's.
    durations int[] not null,
    primary key (tenant_id, connection_id, minute),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index on connection_minute (tenant_id, minute);
-- When a connection last worked, without reading through weeks of failures.
create index connection_minute_good on connection_minute (tenant_id, connection_id, minute) where calls > failures;
call protect_tenant_table('connection_minute');

-- How each sync's usual runs ended last, and when one last ended well: asked for every sync twice a minute.
create index run_last_ended on run (tenant_id, sync_id, finished_at) where state in ('Succeeded', 'Partial', 'Failed') and replay_id is null;
create index run_last_good on run (tenant_id, sync_id, finished_at) where state in ('Succeeded', 'Partial') and replay_id is null;

create table health_state (
    tenant_id uuid not null references tenant (id) on delete cascade,
    object_kind text not null check (object_kind in ('Sync', 'Connection', 'Tenant')),
    object_id uuid not null,
    state text not null,
    -- Moments in it are kept as such and put in words when it is read.
    reason text not null,
    heals_itself boolean not null,
    evidence_kind text not null,
    evidence_id uuid,
    findings jsonb not null,
    -- Of all of the above: tells whether anything changed without reading it all back.
    print text not null,
    since timestamptz not null,
    -- What a sync promises (its schedule, or nothing while it is paused) and since when: lateness is counted from then at the earliest.
    promise text not null default '',
    promised_since timestamptz,
    primary key (tenant_id, object_kind, object_id)
);
call protect_tenant_table('health_state');

-- One row for each tenant, so that saying "looked at again, nothing changed" costs one row and not one for each object.
create table health_evaluation (
    tenant_id uuid primary key references tenant (id) on delete cascade,
    evaluated_at timestamptz not null
);
call protect_tenant_table('health_evaluation');

create table health_transition (
    tenant_id uuid not null references tenant (id) on delete cascade,
    object_kind text not null,
    object_id uuid not null,
    at timestamptz not null,
    -- Null when the object was looked at for the first time.
    from_state text,
    to_state text not null,
    reason text not null,
    primary key (tenant_id, object_kind, object_id, at)
);
create index on health_transition (tenant_id, at);
call protect_tenant_table('health_transition');
