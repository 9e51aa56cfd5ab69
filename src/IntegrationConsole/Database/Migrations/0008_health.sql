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
call protect_tenant_table('connection_minute');

create table health_state (
    tenant_id uuid not null references tenant (id) on delete cascade,
    object_kind text not null check (object_kind in ('Sync', 'Connection', 'Tenant')),
    object_id uuid not null,
    state text not null,
    reason text not null,
    heals_itself boolean not null,
    since timestamptz not null,
    evaluated_at timestamptz not null,
    primary key (tenant_id, object_kind, object_id)
);
call protect_tenant_table('health_state');

create table health_transition (
    tenant_id uuid not null references tenant (id) on delete cascade,
    object_kind text not null,
    object_id uuid not null,
    at timestamptz not null,
    from_state text not null,
    to_state text not null,
    reason text not null,
    primary key (tenant_id, object_kind, object_id, at)
);
call protect_tenant_table('health_transition');
