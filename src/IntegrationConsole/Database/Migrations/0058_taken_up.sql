-- How far an integration's run has taken up the letters of a replay: of its letters in the queue those up to here are on
-- the line. One row moves, instead of two for each letter.
create table replay_taken (
    tenant_id uuid not null,
    replay_id uuid not null,
    sync_id uuid not null,
    -- Which attempt of which run; nobody else moves it on.
    taken_by text not null,
    stage int not null default 0,
    turn bigint not null default 0,
    primary key (tenant_id, replay_id, sync_id),
    foreign key (tenant_id, replay_id) references replay (tenant_id, id) on delete cascade,
    foreign key (tenant_id, sync_id) references sync_definition (tenant_id, id) on delete cascade
);
call protect_tenant_table('replay_taken');
