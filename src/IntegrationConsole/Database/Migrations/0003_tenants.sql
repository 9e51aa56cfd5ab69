create table tenant (
    id uuid primary key,
    slug text not null unique,
    name text not null,
    time_zone text not null,
    contacts text not null,
    paused_at timestamptz,
    paused_by text,
    pause_reason text,
    created_at timestamptz not null,
    version int not null
);
call protect_tenant_table('tenant', 'id');

-- The key that seals this tenant's secrets and payloads, itself wrapped by the master key. Without this row they are
-- unreadable, in backups too.
create table tenant_key (
    tenant_id uuid primary key references tenant (id) on delete cascade,
    wrapped bytea not null,
    created_at timestamptz not null
);
call protect_tenant_table('tenant_key');

create table access_grant (
    tenant_id uuid not null references tenant (id) on delete cascade,
    user_id uuid not null references access_user (id) on delete cascade,
    role text not null,
    primary key (tenant_id, user_id)
);
create index on access_grant (user_id);
call protect_tenant_table('access_grant');
