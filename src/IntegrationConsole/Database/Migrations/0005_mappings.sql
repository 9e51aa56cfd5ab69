create table mapping (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    name text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
call protect_tenant_table('mapping');

create table mapping_version (
    tenant_id uuid not null,
    mapping_id uuid not null,
    number int not null,
    state text not null check (state in ('Draft', 'Published', 'Retired')),
    document jsonb not null,
    note text not null,
    edited_by text not null,
    edited_at timestamptz not null,
    published_by text,
    published_at timestamptz,
    primary key (tenant_id, mapping_id, number),
    foreign key (tenant_id, mapping_id) references mapping (tenant_id, id) on delete cascade
);
create unique index on mapping_version (tenant_id, mapping_id) where state = 'Draft';
create unique index on mapping_version (tenant_id, mapping_id) where state = 'Published';
call protect_tenant_table('mapping_version');

create table lookup_table (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    name text not null,
    description text not null,
    row_count int not null,
    updated_at timestamptz not null,
    updated_by text not null,
    version int not null,
    primary key (tenant_id, id)
);
create unique index on lookup_table (tenant_id, lower(name));
call protect_tenant_table('lookup_table');

create table lookup_row (
    tenant_id uuid not null,
    table_id uuid not null,
    key text not null,
    value text not null,
    primary key (tenant_id, table_id, key),
    foreign key (tenant_id, table_id) references lookup_table (tenant_id, id) on delete cascade
);
call protect_tenant_table('lookup_row');
