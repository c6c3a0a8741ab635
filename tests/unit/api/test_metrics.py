"""The labels of the metrics have few values, whatever callers send."""

from api.metrics import METHODS, Metrics


def series(metrics: Metrics) -> int:
    return len(metrics.exposition().splitlines())


def test_invented_methods_share_one_label() -> None:
    metrics = Metrics()
    for method in (*METHODS, "INVENTED"):
        metrics.observe_request(method, "/v1/identify", 405, 0.01)
    before = series(metrics)
    for number in range(1000):
        metrics.observe_request(f"INVENTED{number}", "/v1/identify", 405, 0.01)
    assert series(metrics) == before
    labels = {"method": "other", "route": "/v1/identify", "status": "405"}
    assert metrics.registry.get_sample_value("fta_http_requests_total", labels) == 1001


def test_what_matches_no_route_shares_one_label_too() -> None:
    metrics = Metrics()
    for method in METHODS:
        metrics.observe_request(method, None, 404, 0.01)
    labels = {"method": "any", "route": "other", "status": "404"}
    assert metrics.registry.get_sample_value("fta_http_requests_total", labels) == len(METHODS)


def test_a_region_that_is_no_longer_served_is_no_longer_shown() -> None:
    metrics = Metrics()
    metrics.show_galleries({"FR": 2, "BE": 1}, {"FR": 200, "BE": 100})
    metrics.show_galleries({"FR": 3}, {"FR": 300})
    assert metrics.registry.get_sample_value("fta_galleries_loaded", {"region": "FR"}) == 3
    assert metrics.registry.get_sample_value("fta_galleries_loaded", {"region": "BE"}) is None
