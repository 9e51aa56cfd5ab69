-- What people know about a failure: how it is recognised, and what to do about it.
create table runbook (
    -- Zeros for what holds for all tenants.
    tenant_id uuid not null,
    id uuid not null,
    title text not null,
    steps text not null,
    link text not null,
    owner text not null,
    -- How it is recognised; what is null or empty matches everything, and not all four are.
    cause text,
    code text not null,
    connector text not null,
    contains text not null,
    is_on boolean not null,
    changed_at timestamptz not null,
    changed_by text not null,
    version int not null,
    of_tenant uuid generated always as (nullif(tenant_id, '00000000-0000-0000-0000-000000000000')) stored references tenant (id) on delete cascade,
    primary key (tenant_id, id),
    check (cause is not null or code <> '' or connector <> '' or contains <> '')
);
call protect_tenant_table('runbook');
