-- Which node looked last: where health is not computed any more, that is the one to see to.
alter table health_evaluation add column node text not null default '';
