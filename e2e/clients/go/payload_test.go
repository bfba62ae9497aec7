package main

import "testing"

func TestAnEmptyMessageOfEachKindShowsItsDefaults(t *testing.T) {
	for kind, want := range map[string]string{
		"FaultToleranceRule":       `{"targets":[],"strategies":[]}`,
		"RateLimitStrategy":        `{"name":"","metric_type":"TYPE_UNKNOWN","limit_mode":"MODE_UNKNOWN","threshold":"0","stat_duration":0,"stat_duration_time_unit":"UNKNOWN"}`,
		"ThrottlingStrategy":       `{"name":"","min_interval_millis_of_requests":"0","queue_timeout_millis":"0"}`,
		"ConcurrencyLimitStrategy": `{"name":"","limit_mode":"MODE_UNKNOWN","max_concurrency":"0"}`,
		"CircuitBreakerStrategy": `{"name":"","strategy":"STRATEGY_UNKNOWN","trigger_ratio":0,"stat_duration":"0","stat_duration_time_unit":"UNKNOWN",` +
			`"recovery_timeout":0,"recovery_timeout_time_unit":"UNKNOWN","min_request_amount":0}`,
	} {
		got, err := decodePayload(kindPrefix+kind, Any{TypeURL: typePrefix + payloadPackage + "." + kind})
		if err != nil {
			t.Error(err)
		}
		if string(got) != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
}
