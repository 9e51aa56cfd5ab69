-- What the outside system calls the call that failed: its own support finds it by that.
alter table dead_letter_attempt add column request_id text not null default '';

-- Who looked at what lately: the trail says it once for a while, and not at every redraw of a page.
create table reveal (
    tenant_id uuid not null references tenant (id) on delete cascade,
    actor text not null,
    subject uuid not null,
    at timestamptz not null,
    primary key (tenant_id, actor, subject)
);
call protect_tenant_table('reveal');
