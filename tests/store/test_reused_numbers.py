"""A store that stays open while another process collects everything and writes anew."""

from recension.store import Put, Store


def put(store, body):
    with store.upload() as upload:
        blob = upload.add_bytes(body)
        store.write("r", "main", [Put("/x", blob, len(body))], upload=upload)
    return blob


def test_the_number_of_a_collected_pack_may_name_another_one(tmp_path):
    with Store.create(tmp_path / "home") as reading:
        reading.create_repo("r")
        blob = put(reading, b"before")
        (before,) = reading.records.locate([blob]).values()
        with Store.open(tmp_path / "home") as other:
            other.delete_repo("r")
            for _step in range(3):
                other.gc(grace_s=0)
            other.create_repo("r")
            assert put(other, b"before") == blob
        (after,) = reading.records.locate([blob]).values()
        assert after.pack != before.pack
        assert reading.records.stored(after) == b"before"
