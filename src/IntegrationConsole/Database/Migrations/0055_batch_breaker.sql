-- A run stops where half of a batch or more would be set aside for one reason. Somebody may let an integration go on all the
-- same, or one run of it; which runs were stopped like this is known, so that their pages can offer it.
alter table sync_definition add column batch_breaker boolean not null default true;
alter table run add column batch_breaker boolean not null default true;
alter table run add column is_broken boolean not null default false;
