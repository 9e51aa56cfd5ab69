using System.Text.Json;
using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Formats;
using IntegrationConsole.Schemas.Patterns;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>Turns the keywords of one schema into checks, cheap ones first and the unevaluated keywords last, as they need the others' findings.</summary>
internal sealed partial class NodeBuilder(SchemaGraph graph, SchemaDocument document, string pointer, JsonElement schema, SchemaNode node)
{
    private readonly List<Check> _checks = [];
    private readonly SchemaKeywords _keywords = new(graph, document, pointer, schema.ValueKind is JsonValueKind.Object ? schema : JsonElement.Parse("{}"));
    private readonly Vocabularies _vocabularies = node.Resource.Vocabularies;

    public void Build()
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.False:
                _checks.Add(new NothingCheck(node.Location));
                break;
            case JsonValueKind.True:
                break;
            case JsonValueKind.Object:
                AddAll();
                break;
            default:
                graph.Refusal.Because(node.Location, "A schema is an object, true or false.");
                break;
        }

        node.Checks = [.. _checks];
    }

    private void AddAll()
    {
        if (_vocabularies.HasFlag(Vocabularies.Validation))
        {
            AddTypes();
            AddNumberLimits();
            AddTextLimits();
            AddCounts();
        }

        if ((_vocabularies & (Vocabularies.FormatAnnotation | Vocabularies.FormatAssertion)) != 0)
        {
            AddFormat();
        }

        AddReferences();
        if (_vocabularies.HasFlag(Vocabularies.Applicator))
        {
            AddItems();
            AddProperties();
            AddBranches();
        }

        if (_vocabularies.HasFlag(Vocabularies.Unevaluated))
        {
            AddUnevaluated();
        }
    }

    private void AddTypes()
    {
        if (_keywords.Value("type") is { } type)
        {
            var names = type.ValueKind is JsonValueKind.String ? [JsonText.Of(type)] : _keywords.Names("type") ?? [];
            _checks.Add(new TypeCheck(names.Aggregate(ValueTypes.None, (types, name) => types | TypeOf(name)), _keywords.LocationOf("type")));
        }

        if (_keywords.List("enum") is { } allowed)
        {
            _checks.Add(new EnumCheck([.. allowed.EnumerateArray()], _keywords.LocationOf("enum")));
        }

        if (_keywords.Value("const") is { } expected)
        {
            _checks.Add(new ConstCheck(expected, _keywords.LocationOf("const")));
        }
    }

    private ValueTypes TypeOf(string name)
    {
        switch (name)
        {
            case "null": return ValueTypes.Null;
            case "boolean": return ValueTypes.Boolean;
            case "integer": return ValueTypes.Integer;
            case "number": return ValueTypes.Number;
            case "string": return ValueTypes.String;
            case "array": return ValueTypes.Array;
            case "object": return ValueTypes.Object;
            default:
                _keywords.Refuse("type", $"There is no type {SchemaWords.Name(name)}.");
                return ValueTypes.None;
        }
    }

    private void AddNumberLimits()
    {
        AddNumberLimit("minimum", 1, includesLimit: true);
        AddNumberLimit("exclusiveMinimum", 1, includesLimit: false);
        AddNumberLimit("maximum", -1, includesLimit: true);
        AddNumberLimit("exclusiveMaximum", -1, includesLimit: false);
        if (_keywords.Number("multipleOf") is { } divisor)
        {
            if (!divisor.IsPositive || divisor.IsTooLong)
            {
                _keywords.Refuse("multipleOf", "The value of multipleOf must be more than 0, and not thousands of digits long.");
                return;
            }

            _checks.Add(new MultipleCheck(divisor, WordsOf("multipleOf"), _keywords.LocationOf("multipleOf")));
        }
    }

    private void AddNumberLimit(string keyword, int side, bool includesLimit)
    {
        if (_keywords.Number(keyword) is { } limit)
        {
            _checks.Add(new NumberLimitCheck(keyword, limit, side, includesLimit, WordsOf(keyword), _keywords.LocationOf(keyword)));
        }
    }

    private string WordsOf(string keyword) => SchemaWords.Of(_keywords.Value(keyword)!.Value);

    private void AddTextLimits()
    {
        if (_keywords.Count("minLength") is { } minimum)
        {
            _checks.Add(new MinimumLengthCheck(minimum, _keywords.LocationOf("minLength")));
        }

        if (_keywords.Count("maxLength") is { } maximum)
        {
            _checks.Add(new MaximumLengthCheck(maximum, _keywords.LocationOf("maxLength")));
        }

        if (_keywords.Text("pattern") is { } source && PatternOf(source, "pattern") is { } pattern)
        {
            _checks.Add(new PatternCheck(pattern, _keywords.LocationOf("pattern")));
        }
    }

    private EcmaPattern? PatternOf(string source, string keyword)
    {
        var (pattern, problem) = EcmaPattern.Compile(source);
        if (pattern is null)
        {
            _keywords.Refuse(keyword, $"The pattern {SchemaWords.Short(source)} can't be used: {problem}");
        }

        return pattern;
    }

    private void AddFormat()
    {
        // A format nobody knows is a remark and nothing else.
        if (_keywords.Text("format") is { } name && TextFormat.Find(name) is { } format)
        {
            _checks.Add(new FormatCheck(format, _vocabularies.HasFlag(Vocabularies.FormatAssertion), _keywords.LocationOf("format")));
        }
    }

    private void AddReferences()
    {
        if (_keywords.Text("$ref") is { } reference && graph.Resolve(node.Resource, reference, _keywords.LocationOf("$ref")) is { } target)
        {
            _checks.Add(new ReferenceCheck("$ref", target, _keywords.LocationOf("$ref")));
        }

        if (_keywords.Text("$dynamicRef") is { } dynamic && graph.Resolve(node.Resource, dynamic, _keywords.LocationOf("$dynamicRef")) is { } initial)
        {
            _checks.Add(graph.DynamicNameOf(node.Resource, dynamic) is { } name
                ? new DynamicReferenceCheck(name, initial, _keywords.LocationOf("$dynamicRef"))
                : new ReferenceCheck("$dynamicRef", initial, _keywords.LocationOf("$dynamicRef")));
        }
    }
}
