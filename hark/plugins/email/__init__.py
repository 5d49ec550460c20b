"""E-mail: mailboxes read by IMAP, answers sent by SMTP, each mail one message of a conversation."""
