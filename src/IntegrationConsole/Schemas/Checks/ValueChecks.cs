using System.Runtime.InteropServices;
using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>The schema <c>false</c>: nothing fits.</summary>
internal sealed class NothingCheck(string location) : Check("false", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen) => run.Fail(this, "No value is allowed here.");
}

/// <summary>What kind of value a schema's <c>type</c> allows.</summary>
[Flags]
internal enum ValueTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
}

internal sealed class TypeCheck(ValueTypes allowed, string location) : Check("type", location)
{
    private static readonly (ValueTypes Type, string Words)[] Words =
    [
        (ValueTypes.Object, "an object"), (ValueTypes.Array, "a list"), (ValueTypes.String, "a text"), (ValueTypes.Number, "a number"),
        (ValueTypes.Integer, "a whole number"), (ValueTypes.Boolean, "true or false"), (ValueTypes.Null, "null"),
    ];

    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        var type = TypeOf(value);
        if ((allowed & type) != 0 || (type is ValueTypes.Number && (allowed & ValueTypes.Integer) != 0 && IsInteger(value)))
        {
            return true;
        }

        return run.IsRecording ? run.Fail(this, $"This must be {WordsOf(allowed)}, and it is {(type is ValueTypes.Number && allowed.HasFlag(ValueTypes.Integer) ? "a fraction" : WordsOf(type))}.") : false;
    }

    private static ValueTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ValueTypes.Object,
        JsonValueKind.Array => ValueTypes.Array,
        JsonValueKind.String => ValueTypes.String,
        JsonValueKind.Number => ValueTypes.Number,
        JsonValueKind.True or JsonValueKind.False => ValueTypes.Boolean,
        _ => ValueTypes.Null,
    };

    private static bool IsInteger(JsonElement number) =>
        JsonMarshal.GetRawUtf8Value(number).IndexOfAny(".eE"u8) < 0 || ExactNumber.Of(number).IsInteger;

    private static string WordsOf(ValueTypes types) => string.Join(" or ", Words.Where(entry => types.HasFlag(entry.Type)).Select(entry => entry.Words));
}

internal sealed class ConstCheck(JsonElement expected, string location) : Check("const", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen) =>
        JsonEquality.AreEqual(expected, value, run) || (run.IsRecording ? run.Fail(this, $"This must be {SchemaWords.Of(expected)}.") : false);
}

internal sealed class EnumCheck : Check
{
    private const int MostNamed = 8;
    private const int MostComparedOneByOne = 8;

    private readonly JsonElement[] _allowed;
    private readonly ILookup<int, JsonElement>? _byHash;

    public EnumCheck(JsonElement[] allowed, string location)
        : base("enum", location)
    {
        _allowed = allowed;
        _byHash = allowed.Length > MostComparedOneByOne ? allowed.ToLookup(value => JsonEquality.HashOf(value)) : null;
    }

    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        foreach (var candidate in _byHash?[JsonEquality.HashOf(value)] ?? _allowed)
        {
            if (JsonEquality.AreEqual(candidate, value, run))
            {
                return true;
            }
        }

        return run.IsRecording ? run.Fail(this, _allowed.Length == 0 ? "No value is allowed here." : $"This must be one of {Named()}.") : false;
    }

    private string Named()
    {
        var more = _allowed.Length - MostNamed;
        return string.Join(", ", _allowed.Take(MostNamed).Select(SchemaWords.Of)) + (more > 0 ? $" and {more} more" : "");
    }
}
