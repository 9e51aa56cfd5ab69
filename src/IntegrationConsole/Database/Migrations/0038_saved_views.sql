-- What somebody looks at often: a page with its filters, under a name.
create table saved_view (
    -- Zeros for what belongs to no tenant: the fleet's pages, and views that everybody has in all tenants.
    tenant_id uuid not null,
    id uuid not null,
    owner_id uuid not null references access_user (id) on delete cascade,
    owner text not null,
    name text not null,
    -- Below the tenant, such as runs; an address that begins with a stroke is one of the fleet's.
    page text not null,
    query text not null,
    reach text not null check (reach in ('Private', 'Tenant', 'Fleet')),
    created_at timestamptz not null,
    of_tenant uuid generated always as (nullif(tenant_id, '00000000-0000-0000-0000-000000000000')) stored references tenant (id) on delete cascade,
    primary key (tenant_id, id)
);
create index on saved_view (owner_id);
create index on saved_view (tenant_id, page);
call protect_tenant_table('saved_view');

-- What one person made of a view in one tenant.
create table saved_view_use (
    tenant_id uuid not null,
    user_id uuid not null references access_user (id) on delete cascade,
    view_tenant uuid not null,
    view_id uuid not null,
    page text not null,
    is_pinned boolean not null,
    is_default boolean not null,
    primary key (tenant_id, user_id, view_id),
    foreign key (view_tenant, view_id) references saved_view (tenant_id, id) on delete cascade
);
create unique index saved_view_one_default on saved_view_use (tenant_id, user_id, page) where is_default;
call protect_tenant_table('saved_view_use');
