-- Version 3, as SQLAlchemy made it.
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
INSERT INTO links (token_hash, purpose, expires) VALUES
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
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX one_person_per_name ON people (name) WHERE removed IS NULL;
CREATE UNIQUE INDEX one_person_per_subject ON people (provider, subject) WHERE removed IS NULL;
INSERT INTO people (id, name, provider, subject, is_admin, created, removed, owed) VALUES
  ('aminaaaaaaaaaa22', 'amina', 'local', 'amina', 1, '2026-09-01 08:00:00.000000', NULL, 'sign-out');
INSERT INTO people (id, name, provider, subject, is_admin, created, removed, owed) VALUES
  ('belaaaaaaaaaaa33', 'bela', 'university', 'subject-2', 0, '2026-09-02 08:00:00.000000', '2026-10-01 12:30:00.000000', 'let-go');
INSERT INTO people (id, name, provider, subject, is_admin, created, removed, owed) VALUES
  ('belaaaaaaaaaaa44', 'bela', 'university', 'subject-3', 0, '2026-10-02 08:00:00.000000', NULL, '');
CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);
INSERT INTO schema_version (version) VALUES
  (3);
CREATE TABLE accounts (
    person VARCHAR(32) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    PRIMARY KEY (person),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO accounts (person, password_hash) VALUES
  ('aminaaaaaaaaaa22', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA');
CREATE TABLE members (
    "group" VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL,
    role VARCHAR(10) NOT NULL,
    PRIMARY KEY ("group", person),
    FOREIGN KEY("group") REFERENCES groups (id),
    FOREIGN KEY(person) REFERENCES people (id)
);
CREATE INDEX ix_members_person ON members (person);
INSERT INTO members ("group", person, role) VALUES
  ('stats222', 'aminaaaaaaaaaa22', 'staff');
INSERT INTO members ("group", person, role) VALUES
  ('stats222', 'belaaaaaaaaaaa44', 'student');
INSERT INTO members ("group", person, role) VALUES
  ('team3333', 'aminaaaaaaaaaa22', 'member');
