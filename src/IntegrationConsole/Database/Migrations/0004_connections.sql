create table credential (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    name text not null,
    kind text not null,
    -- What may be shown, such as a header's name; the secret parts are sealed.
    settings jsonb not null,
    sealed bytea not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    tested_at timestamptz,
    test_passed boolean,
    test_message text,
    created_at timestamptz not null,
    replaced_at timestamptz not null,
    version int not null,
    primary key (tenant_id, id)
);
create unique index on credential (tenant_id, lower(name));
call protect_tenant_table('credential');

-- An access token bought with a credential, shared by all nodes until it expires.
create table credential_token (
    tenant_id uuid not null,
    credential_id uuid not null,
    credential_version int not null,
    sealed bytea not null,
    obtained_at timestamptz not null,
    expires_at timestamptz,
    primary key (tenant_id, credential_id),
    foreign key (tenant_id, credential_id) references credential (tenant_id, id) on delete cascade
);
call protect_tenant_table('credential_token');

create table connection (
    tenant_id uuid not null references tenant (id) on delete cascade,
    id uuid not null,
    name text not null,
    kind text not null,
    settings jsonb not null,
    credential_id uuid,
    checked_at timestamptz,
    check_passed boolean,
    check_report jsonb,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, credential_id) references credential (tenant_id, id)
);
create unique index on connection (tenant_id, lower(name));
create index on connection (tenant_id, credential_id);
call protect_tenant_table('connection');

create table uploaded_file (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    name text not null,
    size bigint not null,
    sha256 bytea not null,
    uploaded_by text not null,
    uploaded_at timestamptz not null,
    complete boolean not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create unique index on uploaded_file (tenant_id, connection_id, name) where complete;
call protect_tenant_table('uploaded_file');

create table uploaded_file_part (
    tenant_id uuid not null,
    file_id uuid not null,
    number int not null,
    sealed bytea not null,
    primary key (tenant_id, file_id, number),
    foreign key (tenant_id, file_id) references uploaded_file (tenant_id, id) on delete cascade
);
alter table uploaded_file_part alter column sealed set storage external;
call protect_tenant_table('uploaded_file_part');
