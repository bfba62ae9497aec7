package main

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// method is the one call of the OpenSergo universal transport service.
const method = "/io.opensergo.proto.transport.v1.OpenSergoUniversalTransportService/SubscribeConfig"

// The two values of SubscribeRequest.op_type.
const (
	opSubscribe   = 0
	opUnsubscribe = 1
)

// Request is a SubscribeRequest. Fields that are zero are not written, as in
// proto3; strings are not checked to be UTF-8, so that bad ones can be sent.
type Request struct {
	Target      *Target
	Op          uint64
	ResponseAck string
	Attachment  []byte
	Status      *Status
	RequestID   string
}

// Target names what a SubscribeRequest asks for.
type Target struct {
	Namespace, App string
	Kinds          []string
}

// Status is the code and text both directions carry.
type Status struct {
	Code    int32
	Message string
}

// Response is a SubscribeResponse, reduced to what a client looks at.
type Response struct {
	Status         Status
	Ack            string
	Namespace, App string
	Kind           string
	Data           *DataWithVersion
	ControlPlane   string
	ResponseID     string
}

// DataWithVersion is the complete list of one kind at one version.
type DataWithVersion struct {
	Items   []Any
	Version int64
}

// Any is a google.protobuf.Any whose content has not been read.
type Any struct {
	TypeURL string
	Value   []byte
}

// Marshal writes the request as protobuf.
func (r Request) Marshal() []byte {
	var b []byte
	if r.Target != nil {
		b = appendBytes(b, 1, r.Target.marshal())
	}
	if r.Op != 0 {
		b = appendVarint(b, 2, r.Op)
	}
	b = appendString(b, 3, r.ResponseAck)
	if r.Attachment != nil {
		b = appendBytes(b, 4, appendBytes(nil, 2, r.Attachment))
	}
	if r.Status != nil {
		b = appendBytes(b, 5, r.Status.marshal())
	}
	return appendString(b, 7, r.RequestID)
}

func (t Target) marshal() []byte {
	b := appendString(nil, 1, t.Namespace)
	b = appendString(b, 2, t.App)
	for _, kind := range t.Kinds {
		b = appendBytes(b, 4, []byte(kind))
	}
	return b
}

func (s Status) marshal() []byte {
	var b []byte
	if s.Code != 0 {
		b = appendVarint(b, 1, uint64(s.Code))
	}
	return appendString(b, 2, s.Message)
}

// ParseResponse reads a SubscribeResponse; fields it does not know are skipped.
func ParseResponse(b []byte) (Response, error) {
	var r Response
	err := eachField(b, func(f field) error {
		switch f.number {
		case 1:
			return r.Status.parse(f.bytes)
		case 2:
			r.Ack = string(f.bytes)
		case 3:
			r.Namespace = string(f.bytes)
		case 4:
			r.App = string(f.bytes)
		case 5:
			r.Kind = string(f.bytes)
		case 6:
			r.Data = &DataWithVersion{}
			return r.Data.parse(f.bytes)
		case 7:
			return eachField(f.bytes, func(f field) error {
				r.ControlPlane = string(f.bytes)
				return nil
			})
		case 8:
			r.ResponseID = string(f.bytes)
		}
		return nil
	})
	return r, err
}

func (s *Status) parse(b []byte) error {
	return eachField(b, func(f field) error {
		switch f.number {
		case 1:
			s.Code = int32(f.varint)
		case 2:
			s.Message = string(f.bytes)
		}
		return nil
	})
}

func (d *DataWithVersion) parse(b []byte) error {
	return eachField(b, func(f field) error {
		switch f.number {
		case 1:
			item, err := parseAny(f.bytes)
			d.Items = append(d.Items, item)
			return err
		case 2:
			d.Version = int64(f.varint)
		}
		return nil
	})
}

func parseAny(b []byte) (Any, error) {
	var a Any
	err := eachField(b, func(f field) error {
		switch f.number {
		case 1:
			a.TypeURL = string(f.bytes)
		case 2:
			a.Value = f.bytes
		}
		return nil
	})
	return a, err
}

// field is one field as it stands on the wire: a varint or some bytes.
type field struct {
	number protowire.Number
	varint uint64
	bytes  []byte
}

// eachField calls visit for each varint and length-delimited field of b, in
// order, and stops at the first error.
func eachField(b []byte, visit func(field) error) error {
	for len(b) > 0 {
		number, wireType, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("bad tag: %w", protowire.ParseError(n))
		}
		b = b[n:]
		f := field{number: number}
		switch wireType {
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(number, wireType, b)
		}
		if n < 0 {
			return fmt.Errorf("bad field %d: %w", number, protowire.ParseError(n))
		}
		if err := visit(f); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

func appendVarint(b []byte, number protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), value)
}

func appendBytes(b []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}

func appendString(b []byte, number protowire.Number, value string) []byte {
	if value == "" {
		return b
	}
	return appendBytes(b, number, []byte(value))
}
