-- Version 7, as SQLAlchemy made it.
CREATE TABLE groups (
    id VARCHAR(32) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    title VARCHAR(200) NOT NULL,
    is_exam BOOLEAN NOT NULL,
    created DATETIME NOT NULL,
    ended DATETIME,
    PRIMARY KEY (id)
);
INSERT INTO "groups" (id, kind, title, is_exam, created, ended) VALUES
  ('stats222', 'class', 'Statistics, “Monday”', 1, '2026-09-03 08:00:00.000000', NULL);
INSERT INTO "groups" (id, kind, title, is_exam, created, ended) VALUES
  ('team3333', 'team', 'Team 3', 0, '2026-09-04 08:00:00.000000', '2026-10-05 00:00:00.000000');
CREATE TABLE links (
    token_hash VARCHAR(64) NOT NULL,
    purpose VARCHAR(100) NOT NULL,
    expires DOUBLE NOT NULL,
    PRIMARY KEY (token_hash)
);
INSERT INTO "links" (token_hash, purpose, expires) VALUES
  ('abababababababababababababababababababababababababababababababab', 'first-administrator', 1796000000.25);
CREATE TABLE people (
    id VARCHAR(32) NOT NULL,
    name VARCHAR(128) NOT NULL,
    provider VARCHAR(30) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    is_admin BOOLEAN NOT NULL,
    created DATETIME NOT NULL,
    removed DATETIME,
    owed VARCHAR(10) NOT NULL,
    full_name VARCHAR(200) NOT NULL,
    mail VARCHAR(254) NOT NULL,
    language VARCHAR(10) NOT NULL,
    is_instructor BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX one_person_per_name ON people (name) WHERE removed IS NULL;
CREATE UNIQUE INDEX one_person_per_subject ON people (provider, subject) WHERE removed IS NULL;
INSERT INTO "people" (id, name, provider, subject, is_admin, created, removed, owed, full_name, mail, language, is_instructor) VALUES
  ('aminaaaaaaaaaa22', 'amina', 'local', 'amina', 1, '2026-09-01 08:00:00.000000', NULL, 'sign-out', 'Amina B.', 'amina@example.org', 'fr', 1);
INSERT INTO "people" (id, name, provider, subject, is_admin, created, removed, owed, full_name, mail, language, is_instructor) VALUES
  ('belaaaaaaaaaaa33', 'bela', 'university', 'subject-2', 0, '2026-09-02 08:00:00.000000', '2026-10-01 12:30:00.000000', 'let-go', '', '', '', 0);
INSERT INTO "people" (id, name, provider, subject, is_admin, created, removed, owed, full_name, mail, language, is_instructor) VALUES
  ('belaaaaaaaaaaa44', 'bela', 'university', 'subject-3', 0, '2026-10-02 08:00:00.000000', NULL, '', 'Béla “B.” O''Neil', '', '', 0);
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" (version_num) VALUES
  ('v7_classes');
CREATE TABLE accounts (
    person VARCHAR(32) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    PRIMARY KEY (person),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "accounts" (person, password_hash) VALUES
  ('aminaaaaaaaaaa22', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA');
CREATE TABLE actions (
    id VARCHAR(32) NOT NULL,
    at DATETIME NOT NULL,
    who VARCHAR(32) NOT NULL,
    what VARCHAR(40) NOT NULL,
    "group" VARCHAR(32) NOT NULL,
    whom VARCHAR(32) NOT NULL,
    detail VARCHAR(300) NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_actions_at ON actions (at);
CREATE INDEX ix_actions_group ON actions ("group");
INSERT INTO "actions" (id, at, who, what, "group", whom, detail) VALUES
  ('0123456789abcdef0123456789abcdef', '2026-09-03 08:00:00.000000', '', 'make', 'stats222', '', 'Statistics, “Monday”');
CREATE TABLE classes (
    "group" VARCHAR(32) NOT NULL,
    description VARCHAR(500) NOT NULL,
    profile VARCHAR(30) NOT NULL,
    answers TEXT NOT NULL,
    repository VARCHAR(2000) NOT NULL,
    branch VARCHAR(200) NOT NULL,
    first_day DATE,
    last_day DATE,
    zone VARCHAR(64) NOT NULL,
    kept_days INTEGER NOT NULL,
    hand_in_until DATETIME,
    joining BOOLEAN NOT NULL,
    join_round INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY ("group"),
    FOREIGN KEY("group") REFERENCES groups (id)
);
INSERT INTO "classes" ("group", description, profile, answers, repository, branch, first_day, last_day, zone, kept_days, hand_in_until, joining, join_round, changed) VALUES
  ('stats222', 'Every Monday', 'python', '{"size": "small"}', 'https://git.example.org/statistics/material', 'main', '2026-09-07', '2026-12-18', 'Europe/Paris', 44, '2026-12-11 17:00:00.000000', 1, 2, 5);
CREATE TABLE extensions (
    "group" VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL,
    until DATETIME NOT NULL,
    PRIMARY KEY ("group", person),
    FOREIGN KEY("group") REFERENCES groups (id),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "extensions" ("group", person, until) VALUES
  ('stats222', 'aminaaaaaaaaaa22', '2026-12-14 17:00:00.000000');
CREATE TABLE git_accounts (
    person VARCHAR(32) NOT NULL,
    address VARCHAR(300) NOT NULL,
    sealed BLOB NOT NULL,
    made DATETIME NOT NULL,
    used DATETIME,
    is_refused BOOLEAN NOT NULL,
    PRIMARY KEY (person, address),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "git_accounts" (person, address, sealed, made, used, is_refused) VALUES
  ('aminaaaaaaaaaa22', 'https://git.example.org', X'6741414141414200FF', '2026-09-05 08:00:00.000000', '2026-09-06 08:00:00.000000', 0);
CREATE TABLE members (
    "group" VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL,
    role VARCHAR(10) NOT NULL,
    PRIMARY KEY ("group", person),
    FOREIGN KEY("group") REFERENCES groups (id),
    FOREIGN KEY(person) REFERENCES people (id)
);
CREATE INDEX ix_members_person ON members (person);
INSERT INTO "members" ("group", person, role) VALUES
  ('stats222', 'aminaaaaaaaaaa22', 'instructor');
INSERT INTO "members" ("group", person, role) VALUES
  ('stats222', 'belaaaaaaaaaaa44', 'student');
INSERT INTO "members" ("group", person, role) VALUES
  ('team3333', 'aminaaaaaaaaaa22', 'member');
CREATE TABLE shared_links (
    token_hash VARCHAR(64) NOT NULL,
    person VARCHAR(32) NOT NULL,
    "key" VARCHAR(1024) NOT NULL,
    made DATETIME NOT NULL,
    ends DATETIME NOT NULL,
    opened INTEGER NOT NULL,
    PRIMARY KEY (token_hash),
    FOREIGN KEY(person) REFERENCES people (id)
);
CREATE INDEX ix_shared_links_person ON shared_links (person);
INSERT INTO "shared_links" (token_hash, person, key, made, ends, opened) VALUES
  ('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'belaaaaaaaaaaa44', 'home/belaaaaaaaaaaa44/a b.csv', '2026-11-01 08:00:00.000000', '2026-12-01 08:00:00.000000', 7);
