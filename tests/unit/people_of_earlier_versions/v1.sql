-- Version 1, as SQLAlchemy made it.
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
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX one_person_per_name ON people (name) WHERE removed IS NULL;
CREATE UNIQUE INDEX one_person_per_subject ON people (provider, subject) WHERE removed IS NULL;
INSERT INTO people (id, name, provider, subject, is_admin, created, removed) VALUES
  ('aminaaaaaaaaaa22', 'amina', 'local', 'amina', 1, '2026-09-01 08:00:00.000000', NULL);
INSERT INTO people (id, name, provider, subject, is_admin, created, removed) VALUES
  ('belaaaaaaaaaaa33', 'bela', 'university', 'subject-2', 0, '2026-09-02 08:00:00.000000', '2026-10-01 12:30:00.000000');
INSERT INTO people (id, name, provider, subject, is_admin, created, removed) VALUES
  ('belaaaaaaaaaaa44', 'bela', 'university', 'subject-3', 0, '2026-10-02 08:00:00.000000', NULL);
CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);
INSERT INTO schema_version (version) VALUES
  (1);
CREATE TABLE accounts (
    person VARCHAR(32) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    PRIMARY KEY (person),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO accounts (person, password_hash) VALUES
  ('aminaaaaaaaaaa22', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA');
