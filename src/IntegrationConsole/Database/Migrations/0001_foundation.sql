-- The scheduler keeps its own tables in a schema of their own.
create schema if not exists quartz;

-- Every table that holds a tenant's rows is protected through this one procedure. A session names its tenant, or says
-- that it works for the whole fleet; a session that says neither sees nothing.
create procedure protect_tenant_table(protected regclass, tenant_column text default 'tenant_id')
language plpgsql as $$
declare
    rule text := format(
        '%I = (select nullif(current_setting(''app.tenant'', true), '''')::uuid) or (select current_setting(''app.scope'', true)) = ''fleet''',
        tenant_column);
begin
    execute format('alter table %s enable row level security', protected);
    execute format('alter table %s force row level security', protected);
    execute format('create policy tenant_rows on %s using (%s) with check (%s)', protected, rule, rule);
end
$$;

create table master_key_proof (
    id int primary key check (id = 1),
    sealed bytea not null
);

create table data_protection_key (
    name text primary key,
    xml text not null,
    created_at timestamptz not null default now()
);
