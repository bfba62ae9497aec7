package main

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

const (
	payloadPackage = "io.opensergo.proto.fault_tolerance.v1"
	commonPackage  = "io.opensergo.proto.common.v1"
	timeUnit       = "." + commonPackage + ".TimeUnit"
)

// loadPayloads builds the message types of the tables below, by full kind name.
func loadPayloads() map[string]protoreflect.MessageDescriptor {
	files := &protoregistry.Files{}
	for _, file := range []*descriptorpb.FileDescriptorProto{commonFile(), payloadFile()} {
		descriptor, err := protodesc.NewFile(file, files)
		if err != nil {
			panic(err) // the tables below are wrong; the tests load them
		}
		if err := files.RegisterFile(descriptor); err != nil {
			panic(err)
		}
	}
	messages := map[string]protoreflect.MessageDescriptor{}
	for _, simple := range simpleKinds {
		descriptor, err := files.FindDescriptorByName(protoreflect.FullName(payloadPackage + "." + simple))
		if err != nil {
			panic(err)
		}
		messages[kindPrefix+simple] = descriptor.(protoreflect.MessageDescriptor)
	}
	return messages
}

func commonFile() *descriptorpb.FileDescriptorProto {
	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("common.proto"), Package: proto.String(commonPackage), Syntax: proto.String("proto3"),
		EnumType: []*descriptorpb.EnumDescriptorProto{
			enum("TimeUnit", "UNKNOWN", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY"),
		},
	}
}

func payloadFile() *descriptorpb.FileDescriptorProto {
	limitMode := enum("LimitMode", "MODE_UNKNOWN", "MODE_LOCAL", "MODE_GLOBAL")

	rule := message("FaultToleranceRule",
		"targets 1 *FaultToleranceRule.FaultToleranceRuleTargetRef",
		"strategies 2 *FaultToleranceRule.FaultToleranceStrategyRef",
		"action 3 FaultToleranceRule.FaultToleranceActionRef")
	rule.NestedType = []*descriptorpb.DescriptorProto{
		message("FaultToleranceRuleTargetRef", "target_resource_name 1 string"),
		message("FaultToleranceStrategyRef", "name 1 string", "kind 2 string"),
		message("FaultToleranceActionRef", "name 1 string", "kind 2 string"),
	}

	rate := message("RateLimitStrategy",
		"name 1 string",
		"metric_type 2 enum:RateLimitStrategy.MetricType",
		"limit_mode 3 enum:RateLimitStrategy.LimitMode",
		"threshold 4 int64",
		"stat_duration 5 int32",
		"stat_duration_time_unit 6 enum:"+timeUnit)
	rate.EnumType = []*descriptorpb.EnumDescriptorProto{
		enum("MetricType", "TYPE_UNKNOWN", "TYPE_REQUEST_AMOUNT"), limitMode,
	}

	throttling := message("ThrottlingStrategy",
		"name 1 string",
		"min_interval_millis_of_requests 2 int64",
		"queue_timeout_millis 3 int64")

	concurrency := message("ConcurrencyLimitStrategy",
		"name 1 string",
		"limit_mode 2 enum:ConcurrencyLimitStrategy.LimitMode",
		"max_concurrency 3 int64")
	concurrency.EnumType = []*descriptorpb.EnumDescriptorProto{limitMode}

	breaker := message("CircuitBreakerStrategy",
		"name 1 string",
		"strategy 2 enum:CircuitBreakerStrategy.Strategy",
		"trigger_ratio 3 double",
		"stat_duration 4 int64",
		"stat_duration_time_unit 5 enum:"+timeUnit,
		"recovery_timeout 6 int32",
		"recovery_timeout_time_unit 7 enum:"+timeUnit,
		"min_request_amount 8 int32",
		"slow_condition 9 CircuitBreakerStrategy.CircuitBreakerSlowCondition",
		"error_condition 10 CircuitBreakerStrategy.CircuitBreakerErrorCondition")
	breaker.EnumType = []*descriptorpb.EnumDescriptorProto{
		enum("Strategy", "STRATEGY_UNKNOWN", "STRATEGY_SLOW_REQUEST_RATIO", "STRATEGY_ERROR_REQUEST_RATIO"),
	}
	breaker.NestedType = []*descriptorpb.DescriptorProto{
		message("CircuitBreakerSlowCondition", "max_allowed_rt_millis 1 int32"),
		message("CircuitBreakerErrorCondition"),
	}

	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("fault_tolerance.proto"), Package: proto.String(payloadPackage), Syntax: proto.String("proto3"),
		Dependency:  []string{"common.proto"},
		MessageType: []*descriptorpb.DescriptorProto{rule, rate, throttling, concurrency, breaker},
	}
}

// enum describes an enum whose values are numbered from 0.
func enum(name string, values ...string) *descriptorpb.EnumDescriptorProto {
	e := &descriptorpb.EnumDescriptorProto{Name: &name}
	for number, value := range values {
		e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{
			Name: proto.String(value), Number: proto.Int32(int32(number)),
		})
	}
	return e
}

// message describes a message by lines "name number type"; a type is a scalar,
// "enum:Name", "Message" or "*Message" (repeated), named within the package
// unless it begins with a dot.
func message(name string, lines ...string) *descriptorpb.DescriptorProto {
	m := &descriptorpb.DescriptorProto{Name: &name}
	for _, line := range lines {
		m.Field = append(m.Field, parseField(line))
	}
	return m
}

var scalars = map[string]descriptorpb.FieldDescriptorProto_Type{
	"string": descriptorpb.FieldDescriptorProto_TYPE_STRING,
	"int32":  descriptorpb.FieldDescriptorProto_TYPE_INT32,
	"int64":  descriptorpb.FieldDescriptorProto_TYPE_INT64,
	"double": descriptorpb.FieldDescriptorProto_TYPE_DOUBLE,
}

func parseField(line string) *descriptorpb.FieldDescriptorProto {
	var name, typeName string
	var number int32
	if _, err := fmt.Sscan(line, &name, &number, &typeName); err != nil {
		panic(fmt.Sprintf("%q: %v", line, err))
	}
	f := &descriptorpb.FieldDescriptorProto{Name: &name, Number: &number, JsonName: &name}
	f.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	if rest, repeated := strings.CutPrefix(typeName, "*"); repeated {
		f.Label, typeName = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum(), rest
	}
	if scalar, found := scalars[typeName]; found {
		f.Type = scalar.Enum()
		return f
	}
	f.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	if rest, isEnum := strings.CutPrefix(typeName, "enum:"); isEnum {
		f.Type, typeName = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum(), rest
	}
	if !strings.HasPrefix(typeName, ".") {
		typeName = "." + payloadPackage + "." + typeName
	}
	f.TypeName = &typeName
	return f
}
