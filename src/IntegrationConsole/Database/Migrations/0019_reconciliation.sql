-- Comparisons of both sides of an integration: what is missing at the destination, what is there and not in the source,
-- and what differs. Keys only, never what the records hold.
create table reconciliation (
    tenant_id uuid not null,
    id uuid not null,
    sync_id uuid not null,
    number bigint not null,
    -- Who or what asked for it.
    requested_by text not null,
    requested_at timestamptz not null,
    state text not null check (state in ('Waiting', 'Comparing', 'Done', 'Failed', 'Cancelled')),
    -- What it does at the moment, or how it ended, in words.
    step text not null default '',
    cause text,
    mapping_version int,
    fields text[] not null default '{}',
    look int not null default 0,
    read bigint not null default 0,
    expected bigint,
    compared bigint not null default 0,
    -- Records that make no row: left out by the mapping, or set aside by it.
    filtered bigint not null default 0,
    unmapped bigint not null default 0,
    held bigint not null default 0,
    missing bigint not null default 0,
    extra bigint not null default 0,
    different bigint not null default 0,
    -- Keys that changed at each look.
    moving bigint not null default 0,
    node text,
    -- Grows with each node that takes it up.
    attempt int not null default 0,
    lease_until timestamptz,
    cancel_requested_by text,
    started_at timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create unique index reconciliation_one_at_a_time on reconciliation (tenant_id, sync_id) where state in ('Waiting', 'Comparing');
create index on reconciliation (tenant_id, sync_id, number desc);
create index reconciliation_open on reconciliation (state, requested_at) where state in ('Waiting', 'Comparing');
call protect_tenant_table('reconciliation');

create table reconciliation_key (
    tenant_id uuid not null,
    reconciliation_id uuid not null,
    kind text not null check (kind in ('Missing', 'Extra', 'Different')),
    -- The order in which they were found.
    place int not null,
    -- By what the line knows the record; as the destination writes it for a row that is in excess.
    record_key text collate "C" not null,
    -- The fields that differ.
    fields text[] not null,
    primary key (tenant_id, reconciliation_id, kind, place),
    foreign key (tenant_id, reconciliation_id) references reconciliation (tenant_id, id) on delete cascade
);
call protect_tenant_table('reconciliation_key');

-- When an integration is compared by itself; no row for never.
create table reconciliation_schedule (
    tenant_id uuid not null,
    sync_id uuid not null,
    schedule jsonb not null,
    next_at timestamptz not null,
    primary key (tenant_id, sync_id),
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
create index on reconciliation_schedule (next_at);
call protect_tenant_table('reconciliation_schedule');

-- A run that sends what a comparison found missing or different once more.
alter table run add column reconciliation_id uuid;
alter table run add foreign key (tenant_id, reconciliation_id) references reconciliation (tenant_id, id) on delete set null (reconciliation_id);
create index on run (tenant_id, reconciliation_id) where reconciliation_id is not null;
