-- Into how many parts a sync's source is cut, which are read at the same time.
alter table sync_definition add column partitions int not null default 1 check (partitions between 1 and 64);

-- A part of a run is a run of its own, with its own checkpoint, lease and place in the line. Its counts are added to
-- those of the whole, which waits for all parts without being on any node.
alter table run add column parent_id uuid;
alter table run add column partition int;
alter table run add column key_from text;
alter table run add column key_to text;
alter table run add column is_split boolean not null default false;
alter table run add foreign key (tenant_id, parent_id) references run (tenant_id, id) on delete cascade;
create index run_of_whole on run (tenant_id, parent_id, partition) where parent_id is not null;
create index run_split on run (tenant_id, id) where state = 'Running' and is_split;

drop index run_one_beside_at_a_time;
create unique index run_one_beside_at_a_time on run (tenant_id, sync_id) where state = 'Running' and beside and parent_id is null;
drop index run_tenant_id_sync_id_number_idx;
create unique index run_number on run (tenant_id, sync_id, number, coalesce(partition, 0));
