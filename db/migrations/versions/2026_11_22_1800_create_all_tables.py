"""Create all tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3334fd9e72de"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")  # for the exclusion constraint of airing
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("icon_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("slug", name=op.f("uq_channel_slug")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed', 'interrupted')", name=op.f("ck_job_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    op.create_index(op.f("ix_job_run_run_id"), "job_run", ["run_id"], unique=False)
    op.create_table(
        "lookup",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint("subject IN ('programme', 'person')", name=op.f("ck_lookup_subject")),
        sa.PrimaryKeyConstraint("subject", "subject_id", "source", "part", name=op.f("pk_lookup")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("latest_credit", postgresql.JSONB(), nullable=True),
        sa.Column("opted_out", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_name_key"), "person", ["name_key"], unique=False)
    op.create_table(
        "person_merge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("gone_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index(op.f("ix_person_merge_gone_id"), "person_merge", ["gone_id"], unique=False)
    op.create_index(op.f("ix_person_merge_kept_id"), "person_merge", ["kept_id"], unique=False)
    op.create_table(
        "programme",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('film', 'series', 'other')", name=op.f("ck_programme_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint(
            "title_key",
            "kind",
            "year",
            name=op.f("uq_programme_title_key_kind_year"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("zones", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "scan",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("model_key", sa.Text(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "model_key", name=op.f("pk_scan")),
    )
    op.create_table(
        "source_health",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('ok', 'unavailable', 'blocked', 'changed')", name=op.f("ck_source_health_state")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_health")),
    )
    op.create_table(
        "template",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("model_key", sa.Text(), nullable=False),
        sa.Column("face", sa.Integer(), nullable=False),
        sa.Column("box", postgresql.ARRAY(sa.Float()), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("quality", sa.Float(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("sha256", "model_key", "face", name=op.f("uq_template_sha256_model_key_face")),
    )
    op.create_table(
        "airing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("episode_title", sa.Text(), nullable=True),
        sa.Column("season", sa.Integer(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("crawled_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("channel_id"), "="), (sa.column("during"), "&&"), using="gist", name="ex_airing_channel_during"
        ),
        sa.CheckConstraint(
            "NOT (isempty(during) OR lower_inf(during) OR upper_inf(during))", name=op.f("ck_airing_bounded")
        ),
        sa.CheckConstraint("lower_inc(during) AND NOT upper_inc(during)", name=op.f("ck_airing_half_open")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_airing_channel_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_airing_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing")),
    )
    op.create_index("ix_airing_during", "airing", ["during"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_airing_programme_id"), "airing", ["programme_id"], unique=False)
    op.create_table(
        "channel_alias",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_channel_alias_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "key", name=op.f("pk_channel_alias")),
    )
    op.create_table(
        "credit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("identified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "job IN ('actor', 'guest', 'presenter', 'commentator', "
            "'director', 'writer', 'adapter', 'producer', 'composer', 'editor')",
            name=op.f("ck_credit_job"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credit_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_credit_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit")),
        sa.UniqueConstraint(
            "programme_id",
            "person_id",
            "job",
            "role",
            name=op.f("uq_credit_programme_id_person_id_job_role"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_credit_person_id"), "credit", ["person_id"], unique=False)
    op.create_table(
        "gallery_release",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_key", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("templates", sa.Integer(), nullable=False),
        sa.Column("airings", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "slot = date_bin('30 minutes', slot, 'epoch'::timestamptz)", name=op.f("ck_gallery_release_slot")
        ),
        sa.CheckConstraint("state IN ('current', 'previous', 'retired')", name=op.f("ck_gallery_release_state")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_gallery_release_region_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_release")),
    )
    op.create_index("ix_gallery_release_region_code_slot", "gallery_release", ["region_code", "slot"], unique=False)
    op.create_index(
        "uq_gallery_release_current",
        "gallery_release",
        ["model_key", "slot", "region_code"],
        unique=True,
        postgresql_where=sa.text("state = 'current'"),
    )
    op.create_table(
        "lineup",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_lineup_channel_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_lineup_region_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("region_code", "channel_id", name=op.f("pk_lineup")),
    )
    op.create_index(op.f("ix_lineup_channel_id"), "lineup", ["channel_id"], unique=False)
    op.create_table(
        "person_alias",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_alias_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "name_key", name=op.f("pk_person_alias")),
    )
    op.create_index(op.f("ix_person_alias_name_key"), "person_alias", ["name_key"], unique=False)
    op.create_table(
        "person_id",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_id_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("system", "value", name=op.f("pk_person_id")),
        sa.UniqueConstraint("person_id", "system", name=op.f("uq_person_id_person_id_system")),
    )
    op.create_table(
        "prepared_gallery",
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("model_key", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("templates", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_prepared_gallery_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("programme_id", "model_key", name=op.f("pk_prepared_gallery")),
    )
    op.create_table(
        "programme_id",
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_id_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("programme_id", "system", name=op.f("pk_programme_id")),
    )
    op.create_index("ix_programme_id_system_value", "programme_id", ["system", "value"], unique=False)
    op.create_table(
        "programme_title",
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_title_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("programme_id", "title_key", name=op.f("pk_programme_title")),
    )
    op.create_index(op.f("ix_programme_title_title_key"), "programme_title", ["title_key"], unique=False)
    op.create_table(
        "airing_credit",
        sa.Column("airing_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["airing_id"], ["airing.id"], name=op.f("fk_airing_credit_airing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["credit_id"], ["credit.id"], name=op.f("fk_airing_credit_credit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("airing_id", "credit_id", name=op.f("pk_airing_credit")),
    )
    op.create_index(op.f("ix_airing_credit_credit_id"), "airing_credit", ["credit_id"], unique=False)
    op.create_table(
        "billing",
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["credit_id"], ["credit.id"], name=op.f("fk_billing_credit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("credit_id", "source", "part", name=op.f("pk_billing")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("credit_line", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), server_default=sa.text("'portrait'"), nullable=False),
        sa.Column("of", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_for", sa.Interval(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(sha256 IS NULL) = (object_key IS NULL)", name=op.f("ck_photo_held")),
        sa.CheckConstraint(
            "state = 'refused' OR (sha256 IS NULL) = (state = 'offered')", name=op.f("ck_photo_offered")
        ),
        sa.CheckConstraint("state IN ('offered', 'gathered', 'usable', 'refused')", name=op.f("ck_photo_state")),
        sa.CheckConstraint("kind IN ('portrait', 'still')", name=op.f("ck_photo_kind")),
        sa.ForeignKeyConstraint(["credit_id"], ["credit.id"], name=op.f("fk_photo_credit_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_photo_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("person_id", "origin", name=op.f("uq_photo_person_id_origin")),
        sa.UniqueConstraint("person_id", "sha256", name=op.f("uq_photo_person_id_sha256")),
    )
    op.create_index(op.f("ix_photo_credit_id"), "photo", ["credit_id"], unique=False)
    op.create_index(op.f("ix_photo_sha256"), "photo", ["sha256"], unique=False)


def downgrade() -> None:
    for table in (
        "photo",
        "billing",
        "airing_credit",
        "programme_title",
        "programme_id",
        "prepared_gallery",
        "person_id",
        "person_alias",
        "lineup",
        "gallery_release",
        "credit",
        "channel_alias",
        "airing",
        "template",
        "source_health",
        "scan",
        "region",
        "programme",
        "person",
        "person_merge",
        "lookup",
        "job_run",
        "channel",
    ):
        op.drop_table(table)
