-- Minutes are many and kept for days; their sums by the hour for months, and by the day for years.
create table sync_hour (
    tenant_id uuid not null,
    sync_id uuid not null,
    hour timestamptz not null,
    records_read bigint not null,
    written bigint not null,
    unchanged bigint not null,
    filtered bigint not null,
    rejected bigint not null,
    failed bigint not null,
    unknown bigint not null,
    runs_good bigint not null,
    runs_bad bigint not null,
    primary key (tenant_id, sync_id, hour),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on sync_hour (tenant_id, hour);
call protect_tenant_table('sync_hour');

create table sync_day (
    tenant_id uuid not null,
    sync_id uuid not null,
    -- Days of UTC.
    day timestamptz not null,
    records_read bigint not null,
    written bigint not null,
    unchanged bigint not null,
    filtered bigint not null,
    rejected bigint not null,
    failed bigint not null,
    unknown bigint not null,
    runs_good bigint not null,
    runs_bad bigint not null,
    primary key (tenant_id, sync_id, day),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on sync_day (tenant_id, day);
call protect_tenant_table('sync_day');

create table connection_hour (
    tenant_id uuid not null,
    connection_id uuid not null,
    hour timestamptz not null,
    calls bigint not null,
    failures bigint not null,
    durations bigint[] not null,
    primary key (tenant_id, connection_id, hour),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index on connection_hour (tenant_id, hour);
call protect_tenant_table('connection_hour');

create table connection_day (
    tenant_id uuid not null,
    connection_id uuid not null,
    day timestamptz not null,
    calls bigint not null,
    failures bigint not null,
    durations bigint[] not null,
    primary key (tenant_id, connection_id, day),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index on connection_day (tenant_id, day);
call protect_tenant_table('connection_day');

-- Until when sums are made. Finer figures behind that may go.
create table figure_sum (
    step text primary key check (step in ('hour', 'day')),
    until timestamptz not null
);
