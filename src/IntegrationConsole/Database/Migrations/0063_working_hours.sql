-- When people of a tenant work, in its zone: days of the week with hours, and days off.
alter table tenant add column working_hours text not null default 'Mon-Fri 08:00-18:00';
