package main

import (
	"encoding/json"
	"reflect"
	"testing"
)

var rateLimits = Key{"default", "foo-app", kindPrefix + "RateLimitStrategy"}

const rateLimitJSON = `{"name":"limit","metric_type":"TYPE_REQUEST_AMOUNT","limit_mode":"MODE_LOCAL",` +
	`"threshold":"2","stat_duration":1,"stat_duration_time_unit":"SECOND"}`

// rateLimit is the strategy of rateLimitJSON.
func rateLimit() Any {
	value := appendString(nil, 1, "limit")
	value = appendVarint(value, 2, 1)
	value = appendVarint(value, 3, 1)
	value = appendVarint(value, 4, 2)
	value = appendVarint(value, 5, 1)
	value = appendVarint(value, 6, 2)
	return Any{typePrefix + payloadPackage + ".RateLimitStrategy", value}
}

func pushOf(key Key, version int64, items ...Any) Response {
	return Response{
		Status: Status{Code: codeOK}, Namespace: key.Namespace, App: key.App, Kind: key.Kind,
		Data: &DataWithVersion{items, version}, ResponseID: "r-7",
	}
}

func data(items ...string) []json.RawMessage {
	messages := []json.RawMessage{}
	for _, item := range items {
		messages = append(messages, json.RawMessage(item))
	}
	return messages
}

func ackOf(code int32, text string) *Request {
	return &Request{ResponseAck: "ACK", Status: &Status{code, text}, RequestID: "r-7"}
}

// subscribedAt returns a session that has subscribed to rate limits and holds
// an empty list of them at the version; 0 is nothing yet.
func subscribedAt(version int64) *Session {
	session := NewSession()
	session.Subscribe(rateLimits)
	if version > 0 {
		session.Receive(pushOf(rateLimits, version))
	}
	return session
}

func TestSubscribeHasATargetAndNothingElse(t *testing.T) {
	target := &Target{"default", "foo-app", []string{rateLimits.Kind}}
	session := NewSession()
	if got, want := session.Subscribe(rateLimits), (Request{Target: target}); !reflect.DeepEqual(got, want) {
		t.Errorf("subscribe: got %+v, want %+v", got, want)
	}
	if got, want := session.Unsubscribe(rateLimits), (Request{Target: target, Op: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("unsubscribe: got %+v, want %+v", got, want)
	}
}

func TestAFrameIsTreatedAsTheGoSDKTreatsIt(t *testing.T) {
	otherApp := Key{"default", "bar-app", rateLimits.Kind}
	unknown := Key{"default", "foo-app", "unknown.opensergo.io/v1alpha1/Nothing"}
	wrongType := Any{typePrefix + payloadPackage + ".ThrottlingStrategy", nil}
	code200 := pushOf(rateLimits, 5, rateLimit())
	code200.Status.Code = 200
	code500 := Response{Status: Status{Code: 500}, Namespace: "default", App: "foo-app", Kind: rateLimits.Kind, ResponseID: "r-7"}
	code500WithAck := pushOf(rateLimits, 5)
	code500WithAck.Status.Code, code500WithAck.Ack = 500, "ACK"

	for _, story := range []struct {
		name   string
		cached int64
		frame  Response
		want   Outcome
	}{
		{"higher version is applied", 4, pushOf(rateLimits, 5, rateLimit()),
			Outcome{"push", rateLimits, 5, data(rateLimitJSON), ackOf(1, "")}},
		{"equal version is applied", 5, pushOf(rateLimits, 5),
			Outcome{"push", rateLimits, 5, data(), ackOf(1, "")}},
		{"status 200 is applied", 4, code200,
			Outcome{"push", rateLimits, 5, data(rateLimitJSON), ackOf(1, "")}},
		{"empty list is applied", 0, pushOf(rateLimits, 1),
			Outcome{"push", rateLimits, 1, data(), ackOf(1, "")}},
		{"lower version is dropped without text", 5, pushOf(rateLimits, 4),
			Outcome{"dropped", rateLimits, 4, nil, ackOf(4010, "")}},
		{"wrong type drops the whole push", 4, pushOf(rateLimits, 5, rateLimit(), wrongType),
			Outcome{"dropped", rateLimits, 5, nil, ackOf(4007, `item 1: type "`+wrongType.TypeURL+`", want "`+rateLimit().TypeURL+`"`)}},
		{"unknown kind is met with silence", 0, pushOf(unknown, 1),
			Outcome{Event: "ignored", Key: unknown}},
		{"code 500 without data is outdated when a version is cached", 5, code500,
			Outcome{"dropped", rateLimits, 0, nil, ackOf(4010, "")}},
		{"code 500 without data is refused when nothing is cached", 0, code500,
			Outcome{"dropped", rateLimits, 0, nil, &Request{ResponseAck: "NACK", Status: &Status{4000, "push without data"}}}},
		{"ack with code 500 is a push", 4, code500WithAck,
			Outcome{"push", rateLimits, 5, data(), ackOf(1, "")}},
		{"ack with code 1 is an answer", 4, Response{Ack: "ACK", Status: Status{Code: 1}}, Outcome{Event: "ack"}},
		{"nack with code 4002 is an answer", 4, Response{Ack: "NACK", Status: Status{Code: 4002}}, Outcome{Event: "ack"}},
		{"push for another app is cached", 0, pushOf(otherApp, 1),
			Outcome{"cached", otherApp, 1, data(), ackOf(1, "")}},
	} {
		t.Run(story.name, func(t *testing.T) {
			got := subscribedAt(story.cached).Receive(story.frame)
			if !reflect.DeepEqual(got, story.want) {
				t.Errorf("got  %+v, reply %+v\nwant %+v, reply %+v", got, got.Reply, story.want, story.want.Reply)
			}
		})
	}
}

func TestAnUndecodablePayloadDropsThePushAndKeepsTheVersion(t *testing.T) {
	session := subscribedAt(4)
	broken := rateLimit()
	broken.Value = []byte{0x0a, 0x7f}
	got := session.Receive(pushOf(rateLimits, 6, broken))
	if got.Event != "dropped" || got.Reply.ResponseAck != "ACK" || got.Reply.Status.Code != 4007 || got.Reply.Status.Message == "" {
		t.Errorf("got %+v, reply %+v", got, got.Reply)
	}
	if got := session.Receive(pushOf(rateLimits, 5)); got.Event != "push" {
		t.Errorf("version 5 after the refused 6: %q", got.Event)
	}
}
