-- How each connection's probes go, and whose turn it is. A row is made by the worker that meets a connection without one.
create table connection_probe (
    tenant_id uuid not null,
    connection_id uuid not null,
    is_on boolean not null default true,
    next_at timestamptz not null,
    -- One node at a time; another may when its time has passed.
    lease_until timestamptz,
    node text not null default '',
    probed_at timestamptz,
    -- Null where the probe itself could not be made.
    reachable boolean,
    sentence text not null default '',
    cause text,
    milliseconds double precision,
    misses int not null default 0,
    certificate_expires timestamptz,
    -- Null where the system was not asked.
    accepted boolean,
    sign_in_sentence text not null default '',
    refusals int not null default 0,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index connection_probe_due on connection_probe (next_at) where is_on;
call protect_tenant_table('connection_probe');
