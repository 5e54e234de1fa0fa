-- Version 18, as SQLAlchemy made it and SQLite wrote it.
CREATE TABLE accounts (
    person VARCHAR(32) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    PRIMARY KEY (person),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "accounts" VALUES('aminaaaaaaaaaa22','$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA');
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
INSERT INTO "actions" VALUES('0123456789abcdef0123456789abcdef','2026-09-03 08:00:00.000000','','make','stats222','','Statistics, “Monday”');
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v18_class_exports');
CREATE TABLE classes (
    "group" VARCHAR(32) NOT NULL,
    description VARCHAR(500) NOT NULL,
    profile VARCHAR(30) NOT NULL,
    answers TEXT NOT NULL,
    first_day DATE,
    last_day DATE,
    zone VARCHAR(64) NOT NULL,
    kept_days INTEGER NOT NULL,
    hand_in_until DATETIME,
    joining BOOLEAN NOT NULL,
    join_round INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    after_end VARCHAR(10) NOT NULL,
    going DATETIME,
    deleted DATETIME,
    report TEXT NOT NULL,
    decided DATETIME,
    provider_group VARCHAR(255) NOT NULL,
    repositories TEXT NOT NULL,
    limits TEXT NOT NULL,
    exporting BOOLEAN NOT NULL,
    exported DATETIME,
    exports TEXT NOT NULL,
    PRIMARY KEY ("group"),
    FOREIGN KEY("group") REFERENCES groups (id)
);
INSERT INTO "classes" VALUES('stats222','Every Monday','python','{"size": "small"}','2026-09-07','2026-12-18','Europe/Paris',44,'2026-12-11 17:00:00.000000',1,2,5,'delete',NULL,NULL,'',NULL,'students','[{"url": "https://git.example.org/statistics/material", "branch": "main"}, {"url": "https://git.example.org/lab/tools", "commit": "0123456789abcdef0123456789abcdef01234567", "folder": "lib/tools", "depth": 1}]','{"tools": ["vscode"], "lifetime": "3h", "idle_stop": "30m"}',0,'2026-12-01 08:00:00.000000','{"aminaaaaaaaaaa22": ""}');
CREATE TABLE counted (
    what VARCHAR(10) NOT NULL,
    until DATETIME NOT NULL,
    PRIMARY KEY (what)
);
INSERT INTO "counted" VALUES('hours','2026-09-07 10:00:00.000000');
CREATE TABLE courses (
    id VARCHAR(32) NOT NULL,
    platform VARCHAR(30) NOT NULL,
    deployment VARCHAR(255) NOT NULL,
    course VARCHAR(255) NOT NULL,
    title VARCHAR(200) NOT NULL,
    "group" VARCHAR(32),
    teacher VARCHAR(32),
    PRIMARY KEY (id),
    UNIQUE ("group"),
    FOREIGN KEY("group") REFERENCES groups (id),
    FOREIGN KEY(teacher) REFERENCES people (id)
);
INSERT INTO "courses" VALUES('00112233445566778899aabbccddeeff','moodle','1','17','Statistics 101','stats222',NULL);
CREATE TABLE events (
	"group" VARCHAR(32) NOT NULL, 
	prefix VARCHAR(40) NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	welcome TEXT NOT NULL, 
	begins DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	read_hours INTEGER NOT NULL, 
	profile VARCHAR(30) NOT NULL, 
	answers TEXT NOT NULL, 
	sharing BOOLEAN NOT NULL, 
	link_round INTEGER NOT NULL, 
	changed INTEGER NOT NULL, 
	closed DATETIME, 
	going DATETIME, 
	deleted DATETIME, 
	report TEXT NOT NULL, 
	team_servers BOOLEAN NOT NULL, 
	repositories TEXT NOT NULL, 
	sign_ins INTEGER NOT NULL, 
	storage VARCHAR(20) NOT NULL, 
	limits TEXT NOT NULL, 
	PRIMARY KEY ("group"), 
	FOREIGN KEY("group") REFERENCES groups (id), 
	UNIQUE (prefix)
);
INSERT INTO "events" VALUES('evnt2345','hackathon','Room 2','# Welcome','2026-11-27 08:00:00.000000','2026-11-29 17:00:00.000000','Europe/Paris',24,'python','{}',1,2,3,NULL,NULL,NULL,'',1,'[]',12,'20G','{"lifetime": "8h"}');
CREATE TABLE extensions (
    "group" VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL,
    until DATETIME NOT NULL,
    PRIMARY KEY ("group", person),
    FOREIGN KEY("group") REFERENCES groups (id),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "extensions" VALUES('stats222','aminaaaaaaaaaa22','2026-12-14 17:00:00.000000');
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
INSERT INTO "git_accounts" VALUES('aminaaaaaaaaaa22','https://git.example.org',X'6741414141414200FF','2026-09-05 08:00:00.000000','2026-09-06 08:00:00.000000',0);
CREATE TABLE groups (
    id VARCHAR(32) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    title VARCHAR(200) NOT NULL,
    is_exam BOOLEAN NOT NULL,
    created DATETIME NOT NULL,
    ended DATETIME, within VARCHAR(32) DEFAULT '' NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "groups" VALUES('stats222','class','Statistics, “Monday”',1,'2026-09-03 08:00:00.000000',NULL,'');
INSERT INTO "groups" VALUES('team3333','team','Team 3',0,'2026-09-04 08:00:00.000000','2026-10-05 00:00:00.000000','');
INSERT INTO "groups" VALUES('evnt2345','event','Hackathon',0,'2026-11-20 09:00:00.000000',NULL,'');
INSERT INTO "groups" VALUES('team2345','team','Kite',0,'2026-11-20 09:00:00.000000',NULL,'evnt2345');
CREATE TABLE hours (
    day DATE NOT NULL,
    person VARCHAR(32) NOT NULL,
    profile VARCHAR(40) NOT NULL,
    seconds INTEGER NOT NULL,
    PRIMARY KEY (day, person, profile)
);
INSERT INTO "hours" VALUES('2026-09-07','aminaaaaaaaaaa22','class-stats222',5400);
CREATE TABLE invitations (
	"group" VARCHAR(32) NOT NULL, 
	who VARCHAR(254) NOT NULL, 
	mail VARCHAR(254) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	made DATETIME NOT NULL, 
	PRIMARY KEY ("group", who), 
	FOREIGN KEY("group") REFERENCES groups (id)
);
INSERT INTO "invitations" VALUES('stats222','cem','cem@example.org','assistant','2026-11-20 08:00:00.000000');
INSERT INTO "invitations" VALUES('stats222','dora@example.org','','student','2026-11-21 08:00:00.000000');
CREATE TABLE lessons (
    "group" VARCHAR(32) NOT NULL,
    weekly VARCHAR(1000) NOT NULL,
    ahead_min INTEGER NOT NULL,
    only_then BOOLEAN NOT NULL,
    prepared DATETIME,
    PRIMARY KEY ("group"),
    FOREIGN KEY("group") REFERENCES groups (id)
);
INSERT INTO "lessons" VALUES('stats222','mon 10:15-11:45',10,1,'2026-11-23 09:15:00.000000');
CREATE TABLE links (
    token_hash VARCHAR(64) NOT NULL,
    purpose VARCHAR(100) NOT NULL,
    expires DOUBLE NOT NULL,
    PRIMARY KEY (token_hash)
);
INSERT INTO "links" VALUES('abababababababababababababababababababababababababababababababab','first-administrator',1796000000.25);
CREATE TABLE members (
    "group" VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL,
    role VARCHAR(20) NOT NULL,
    by_group BOOLEAN NOT NULL,
    by_course BOOLEAN NOT NULL,
    PRIMARY KEY ("group", person),
    FOREIGN KEY("group") REFERENCES groups (id),
    FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "members" VALUES('stats222','aminaaaaaaaaaa22','instructor',0,0);
INSERT INTO "members" VALUES('stats222','belaaaaaaaaaaa44','student',1,0);
INSERT INTO "members" VALUES('team3333','aminaaaaaaaaaa22','member',0,0);
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
    is_instructor BOOLEAN NOT NULL, is_organiser BOOLEAN DEFAULT 0 NOT NULL,
    erasure VARCHAR(10) NOT NULL,
    erase_at DATETIME, mail_is_verified BOOLEAN DEFAULT 0 NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "people" VALUES('aminaaaaaaaaaa22','amina','local','amina',1,'2026-09-01 08:00:00.000000',NULL,'sign-out','Amina B.','amina@example.org','fr',1,0,'',NULL,0);
INSERT INTO "people" VALUES('belaaaaaaaaaaa33','bela','university','subject-2',0,'2026-09-02 08:00:00.000000','2026-10-01 12:30:00.000000','let-go','','','',0,0,'wanted','2026-10-02 12:30:00.000000',0);
INSERT INTO "people" VALUES('belaaaaaaaaaaa44','bela','university','subject-3',0,'2026-10-02 08:00:00.000000',NULL,'','Béla “B.” O''Neil','bela@example.org','',0,0,'',NULL,1);
CREATE TABLE seats (
	event VARCHAR(32) NOT NULL, 
	number INTEGER NOT NULL, 
	team VARCHAR(32) NOT NULL, 
	code_round INTEGER NOT NULL, 
	code_hash VARCHAR(64) NOT NULL, 
	person VARCHAR(32), 
	taken DATETIME, 
	sign_ins INTEGER NOT NULL, 
	is_kept BOOLEAN NOT NULL, 
	PRIMARY KEY (event, number), 
	FOREIGN KEY(event) REFERENCES groups (id), 
	UNIQUE (code_hash), 
	FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "seats" VALUES('evnt2345',1,'team2345',1,'abababababababababababababababababababababababababababababababab','aminaaaaaaaaaa22','2026-11-27 08:30:00.000000',2,0);
INSERT INTO "seats" VALUES('evnt2345',2,'team2345',1,'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',NULL,NULL,0,0);
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
INSERT INTO "shared_links" VALUES('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','belaaaaaaaaaaa44','home/belaaaaaaaaaaa44/a b.csv','2026-11-01 08:00:00.000000','2026-12-01 08:00:00.000000',7);
CREATE INDEX ix_classes_provider_group ON classes (provider_group);
CREATE UNIQUE INDEX one_course_per_id ON courses (platform, deployment, course);
CREATE INDEX ix_courses_teacher ON courses (teacher);
CREATE INDEX ix_hours_person ON hours (person);
CREATE UNIQUE INDEX one_person_per_name ON people (name) WHERE removed IS NULL;
CREATE UNIQUE INDEX one_person_per_subject ON people (provider, subject) WHERE removed IS NULL;
CREATE INDEX ix_actions_at ON actions (at);
CREATE INDEX ix_actions_group ON actions ("group");
CREATE INDEX ix_members_person ON members (person);
CREATE INDEX ix_shared_links_person ON shared_links (person);
CREATE INDEX ix_groups_within ON groups (within);
CREATE INDEX ix_seats_person ON seats (person);
CREATE INDEX ix_invitations_who ON invitations (who);
CREATE INDEX ix_invitations_mail ON invitations (mail);
