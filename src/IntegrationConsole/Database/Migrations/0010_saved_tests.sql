create table mapping_test (
    tenant_id uuid not null,
    id uuid not null,
    mapping_id uuid not null,
    name text not null,
    -- A record, and what it becomes: data of a customer, sealed like a dead letter's payload.
    record bytea not null,
    expectation bytea not null,
    -- The moment that the expressions of the mapping take for the present.
    at timestamptz not null,
    edited_by text not null,
    edited_at timestamptz not null,
    version int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, mapping_id) references mapping (tenant_id, id) on delete cascade
);
create unique index on mapping_test (tenant_id, mapping_id, lower(name));
call protect_tenant_table('mapping_test');
