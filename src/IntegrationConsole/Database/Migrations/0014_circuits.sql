-- One row for each connection whose circuit was ever open. What it says holds for all nodes.
create table circuit (
    tenant_id uuid not null,
    connection_id uuid not null,
    state text not null check (state in ('Closed', 'Open', 'HalfOpen', 'Isolated')),
    -- Since when it is closed, open or isolated; a probe does not change it.
    since timestamptz not null,
    reason text not null,
    cause text,
    actor text not null,
    node text not null,
    -- How many breaks followed each other; decides how long the next one is.
    breaks int not null,
    -- When one call may try again; null while it is closed, or isolated without an end.
    probe_at timestamptz,
    -- The one call that tries, in the whole cluster; another may when its time has passed.
    probe_id uuid,
    probe_until timestamptz,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index circuit_not_closed on circuit (tenant_id, connection_id) where state <> 'Closed';
call protect_tenant_table('circuit');

create table circuit_event (
    tenant_id uuid not null,
    connection_id uuid not null,
    seq bigint generated always as identity,
    at timestamptz not null,
    from_state text not null,
    to_state text not null,
    reason text not null,
    actor text not null,
    node text not null,
    primary key (tenant_id, connection_id, seq),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index on circuit_event (tenant_id, at);
call protect_tenant_table('circuit_event');

-- The connection for which a queued run waits, and since when without a break.
alter table run add column held_by uuid, add column held_since timestamptz;
create index run_held on run (tenant_id, held_by) where held_by is not null and state = 'Queued';
