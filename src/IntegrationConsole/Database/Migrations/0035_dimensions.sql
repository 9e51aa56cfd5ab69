-- What an integration promises beside its schedule, and how much each of its sides counts. No row: what is usual.
create table sync_objective (
    tenant_id uuid not null,
    sync_id uuid not null,
    -- Shares, such as 0.995; null where it promises none.
    delivery double precision check (delivery > 0 and delivery < 1),
    freshness double precision check (freshness > 0 and freshness < 1),
    latency_seconds int check (latency_seconds between 1 and 604800),
    -- By side: Standard, Limited or Suppressed; those that differ from the usual.
    impacts jsonb not null,
    is_critical boolean not null,
    changed_by text not null,
    changed_at timestamptz not null,
    version int not null,
    primary key (tenant_id, sync_id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
call protect_tenant_table('sync_objective');

-- In which minutes of an hour an integration was looked at, and in which of them it was late: a bit for each minute, so
-- that looking twice, or on two nodes, counts once.
create table sync_freshness (
    tenant_id uuid not null,
    sync_id uuid not null,
    hour timestamptz not null,
    seen bigint not null,
    late bigint not null,
    primary key (tenant_id, sync_id, hour),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on sync_freshness (tenant_id, hour);
call protect_tenant_table('sync_freshness');

-- How many records were on their way for how long; the bounds are the line's.
alter table sync_minute add column durations int[] not null default array_fill(0, array[17]);
alter table sync_hour add column durations bigint[] not null default array_fill(0::bigint, array[17]);
alter table sync_day add column durations bigint[] not null default array_fill(0::bigint, array[17]);

-- What the next look has to know of the last one, the state of each of the ten sides as one letter, and whether something
-- was seen that has to be seen again before it counts.
alter table health_state add column memory text not null default '', add column marks text not null default '', add column sees_worse boolean not null default false;
create index on health_state (object_kind, tenant_id, state);
