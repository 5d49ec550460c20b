-- Tokens show the first characters of their secret, so that people can tell them apart; two may have the same name.
alter table token add column prefix text not null default '';
alter table token drop constraint token_name_key;
