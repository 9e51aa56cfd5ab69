-- What each node's calls came to in the minute before a circuit opened. Where nodes disagree, it is a node's network.
create table circuit_node (
    tenant_id uuid not null,
    connection_id uuid not null,
    node text not null,
    at timestamptz not null,
    calls int not null,
    failures int not null,
    last_failure text not null,
    primary key (tenant_id, connection_id, node),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
call protect_tenant_table('circuit_node');

-- When a connection's circuit opens, where that is not what the deployment says.
create table circuit_threshold (
    tenant_id uuid not null,
    connection_id uuid not null,
    failure_share double precision not null check (failure_share between 0.05 and 1),
    fewest_calls int not null check (fewest_calls between 2 and 10000),
    failures_in_a_row int not null check (failures_in_a_row between 2 and 1000),
    refusals_in_a_row int not null check (refusals_in_a_row between 1 and 1000),
    first_break interval not null,
    longest_break interval not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
call protect_tenant_table('circuit_threshold');

-- What backfills may take of a call budget, so that the usual runs go first.
create table call_share (
    tenant_id uuid not null references tenant (id) on delete cascade,
    -- The credential, or the connection where it has none: whose calls are counted together.
    budget_id uuid not null,
    percent int not null check (percent between 1 and 99),
    -- What the share is taken of where nothing limits the calls.
    usual_per_minute double precision not null,
    until timestamptz,
    -- When the next call of a backfill may be made.
    free_at timestamptz not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (tenant_id, budget_id)
);
call protect_tenant_table('call_share');
