alter table sync_definition drop constraint sync_definition_read_mode_check;
alter table sync_definition add constraint sync_definition_read_mode_check check (read_mode in ('Full', 'Incremental', 'ChangeStream'));

-- What a source keeps for a change stream, and how far the stream is. Written before the source is asked to keep anything, and
-- removed after it was told that it need not any more: nothing is left behind at a customer's server unknown to us.
create table change_stream (
    tenant_id uuid not null,
    sync_id uuid not null,
    connection_id uuid not null,
    slot text not null,
    -- What the source had committed before this moment is at the destination; null until the first read is done.
    as_of timestamptz,
    -- What the source's log held behind that, when it was noted.
    bytes_behind bigint,
    noted_at timestamptz,
    -- What the source said when it was asked the last time.
    state text not null check (state in ('Active', 'Idle', 'Endangered', 'Lost', 'Missing')),
    kept_bytes bigint not null default 0,
    looked_at timestamptz not null,
    -- Since when nobody needs it any more.
    released_at timestamptz,
    primary key (tenant_id, sync_id, connection_id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade,
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index on change_stream (tenant_id, connection_id);
call protect_tenant_table('change_stream');
