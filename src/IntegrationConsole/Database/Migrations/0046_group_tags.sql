-- Words by which people find groups of failures again; in alphabetical order, without blanks.
alter table failure_group add column tags text[] not null default '{}';
