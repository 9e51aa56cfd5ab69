create table sync_definition (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    slug text not null,
    name text not null,
    source_connection_id uuid not null,
    source_stream text not null,
    read_mode text not null check (read_mode in ('Full', 'Incremental')),
    destination_connection_id uuid not null,
    destination_stream text not null,
    write_mode text not null check (write_mode in ('Upsert', 'Append', 'Update')),
    key_fields text[] not null,
    create_destination boolean not null,
    mapping_id uuid not null,
    schedule jsonb not null,
    overlap text not null check (overlap in ('Queue', 'Skip')),
    paused_at timestamptz,
    paused_by text,
    pause_reason text,
    -- Where the next incremental run starts; moved only by a run that read to the end.
    cursor text,
    cursor_at timestamptz,
    last_run_number bigint not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    version int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, source_connection_id) references connection (tenant_id, id),
    foreign key (tenant_id, destination_connection_id) references connection (tenant_id, id),
    foreign key (tenant_id, mapping_id) references mapping (tenant_id, id)
);
create unique index on sync_definition (tenant_id, slug);
create index on sync_definition (tenant_id, source_connection_id);
create index on sync_definition (tenant_id, destination_connection_id);
call protect_tenant_table('sync_definition');

create table replay (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    scope text not null,
    reason text not null,
    requested_by text not null,
    requested_at timestamptz not null,
    -- Null maps each letter with the version that is published when it is replayed.
    use_original_mapping boolean not null,
    state text not null check (state in ('Running', 'Done', 'Cancelled')),
    total int not null,
    finished_at timestamptz,
    cancelled_by text,
    primary key (tenant_id, id)
);
create index on replay (tenant_id, requested_at desc, id desc);
create index on replay (requested_at) where state = 'Running';
call protect_tenant_table('replay');

create table run (
    tenant_id uuid not null,
    id uuid not null,
    sync_id uuid not null,
    number bigint not null,
    trigger text not null check (trigger in ('Schedule', 'Manual', 'Replay', 'Command')),
    requested_by text not null,
    replay_id uuid,
    state text not null check (state in ('Queued', 'Running', 'Succeeded', 'Partial', 'Failed', 'Cancelled', 'Skipped')),
    cause text,
    reason text not null default '',
    needs_person boolean not null default false,
    mapping_version int,
    records_read bigint not null default 0,
    written bigint not null default 0,
    unchanged bigint not null default 0,
    filtered bigint not null default 0,
    rejected bigint not null default 0,
    failed bigint not null default 0,
    unknown bigint not null default 0,
    bytes_read bigint not null default 0,
    expected bigint,
    read_ms bigint not null default 0,
    map_ms bigint not null default 0,
    write_ms bigint not null default 0,
    -- Where a run that was cut off goes on; saved together with the outcomes of what lies before it.
    checkpoint text,
    -- The greatest cursor value met so far.
    watermark text,
    -- Grows with every node that takes the run over; a node that lost it can no longer save.
    attempt int not null default 0,
    -- How often it was put back because the outside world failed it.
    retries int not null default 0,
    node text,
    lease_until timestamptz,
    queued_at timestamptz not null,
    start_after timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    cancel_requested_by text,
    trace_id text,
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade,
    foreign key (tenant_id, replay_id) references replay (tenant_id, id) on delete cascade,
    constraint run_balances check (records_read = written + unchanged + filtered + rejected + failed + unknown)
);
create unique index on run (tenant_id, sync_id, number);
create unique index run_one_at_a_time on run (tenant_id, sync_id) where state = 'Running' and replay_id is null;
create unique index run_one_waiting on run (tenant_id, sync_id) where state = 'Queued' and replay_id is null;
create unique index run_one_replay_at_a_time on run (tenant_id, sync_id) where state = 'Running' and replay_id is not null;
create unique index run_one_for_each_replay on run (tenant_id, sync_id, replay_id) where state in ('Queued', 'Running') and replay_id is not null;
create index on run (tenant_id, queued_at desc, id desc);
create index on run (tenant_id, sync_id, queued_at desc, id desc);
create index on run (tenant_id, replay_id) where replay_id is not null;
create index run_open on run (state, start_after) where state in ('Queued', 'Running');
call protect_tenant_table('run');

create table run_log (
    tenant_id uuid not null,
    run_id uuid not null,
    seq bigint generated always as identity,
    at timestamptz not null,
    level text not null check (level in ('Info', 'Warning', 'Error')),
    message text not null,
    primary key (tenant_id, run_id, seq),
    foreign key (tenant_id, run_id) references run (tenant_id, id) on delete cascade
);
call protect_tenant_table('run_log');
