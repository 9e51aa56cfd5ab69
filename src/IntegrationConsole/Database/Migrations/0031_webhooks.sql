-- Addresses to which other companies' systems send what happened there.
create table webhook_endpoint (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    -- In the address: nobody guesses it, and it says nothing of whose it is.
    public_id text not null,
    slug text not null,
    name text not null,
    -- How a delivery proves where it comes from, where its id stands, and what is kept of it.
    settings jsonb not null,
    credential_id uuid not null,
    -- While a secret is changed, the one before it is good as well.
    old_credential_id uuid,
    enabled boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, credential_id) references credential (tenant_id, id),
    foreign key (tenant_id, old_credential_id) references credential (tenant_id, id)
);
create unique index on webhook_endpoint (public_id);
create unique index on webhook_endpoint (tenant_id, slug);
create index on webhook_endpoint (tenant_id, credential_id);
create index on webhook_endpoint (tenant_id, old_credential_id);
call protect_tenant_table('webhook_endpoint');

-- The number of the last delivery that was kept. Whoever keeps some has this row until they are committed: numbers become
-- visible in their order, and a reader that has seen one has seen all before it.
create table webhook_position (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    last_seq bigint not null default 0,
    -- The same without those that were sent to try the endpoint.
    arrived_seq bigint not null default 0,
    primary key (tenant_id, endpoint_id),
    foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id) on delete cascade
) with (fillfactor = 20);
call protect_tenant_table('webhook_position');

create table webhook_delivery (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    seq bigint not null,
    -- The last number of those that were kept in the same transaction: they are seen together, or not at all.
    group_seq bigint not null,
    id uuid not null,
    -- What the sender calls it; a hash of the body where it has no name.
    delivery_id text not null,
    received_at timestamptz not null,
    size int not null,
    content_type text not null,
    trial boolean not null,
    -- The headers that are kept, and the bytes of the body.
    sealed bytea not null,
    primary key (tenant_id, endpoint_id, seq),
    foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id) on delete cascade
);
alter table webhook_delivery alter column sealed set storage external;
create unique index on webhook_delivery (tenant_id, endpoint_id, delivery_id);
call protect_tenant_table('webhook_delivery');

-- How many were kept, came twice or were refused, and why.
create table webhook_minute (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    minute timestamptz not null,
    what text not null,
    count bigint not null,
    last_at timestamptz not null,
    primary key (tenant_id, endpoint_id, minute, what),
    foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id) on delete cascade
);
create index on webhook_minute (minute);
call protect_tenant_table('webhook_minute');

-- The same by day, for good.
create table webhook_day (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    day date not null,
    what text not null,
    count bigint not null,
    last_at timestamptz not null,
    primary key (tenant_id, endpoint_id, day, what),
    foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id) on delete cascade
);
call protect_tenant_table('webhook_day');

-- Up to which delivery everybody who reads an endpoint had read at a moment.
create table webhook_read (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    seq bigint not null,
    at timestamptz not null,
    primary key (tenant_id, endpoint_id, seq),
    foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id) on delete cascade
);
call protect_tenant_table('webhook_read');
