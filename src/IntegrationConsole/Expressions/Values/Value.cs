using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// One value of the language: sixteen bytes that hold a number, a reference, or a place in a JSON text that was not read further yet.
/// </summary>
public readonly struct Value
{
    internal readonly object? Reference;
    internal readonly long Bits;

    internal Value(object? reference, long bits)
    {
        Reference = reference;
        Bits = bits;
    }

    internal Value(object reference)
    {
        Reference = reference;
        Bits = 0;
    }

    public static readonly Value Undefined;
    public static readonly Value Null = new(Boxed.Null, 0);
    public static readonly Value True = new(Boxed.Boolean, 1);
    public static readonly Value False = new(Boxed.Boolean, 0);

    public static Value Of(bool value) => value ? True : False;

    public static Value Of(double value) => new(Boxed.Number, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A string value; null is JSON's null.</summary>
    public static Value Of(string? value) => value is null ? Null : new(value, 0);

    public ValueKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var reference = Reference;
            if (reference is null)
            {
                return ValueKind.Undefined;
            }

            if (reference.GetType() == typeof(string))
            {
                return ValueKind.String;
            }

            var kind = Unsafe.As<Boxed>(reference).Kind;
            return kind == ValueKind.Undefined ? KindInSource() : kind;
        }
    }

    public bool IsUndefined => Reference is null;

    internal bool IsArray => Kind == ValueKind.Array;

    internal JsonSource? Source => Reference as JsonSource;

    internal ListValue? List => Reference as ListValue;

    internal Function? Function => Reference as Function;

    /// <summary>The Boolean of a Boolean value.</summary>
    public bool AsBoolean() => Reference is JsonSource source ? source.IsTrue((int)Bits) : Bits != 0;

    /// <summary>The number of a number value, as the double that the language reckons with.</summary>
    public double AsDouble() =>
        Reference is JsonSource source ? source.NumberAt((int)Bits) : BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The text of a string value, or of a number that came from the source its exact digits.</summary>
    public string AsString() => Reference switch
    {
        string text => text,
        JsonSource source => source.TextAt((int)Bits),
        _ => throw new InvalidOperationException($"A value of kind {Kind} has no text."),
    };

    /// <summary>The digits of a number as they stood in the source, or null for a number that was reckoned.</summary>
    public string? SourceDigits() =>
        Reference is JsonSource source && Kind == ValueKind.Number ? Encoding.UTF8.GetString(source.RawAt((int)Bits)) : null;

    /// <summary>How many items an array has.</summary>
    public int Count => Reference switch
    {
        ListValue list => list.Count,
        JsonSource source => source.CountAt((int)Bits),
        _ => 0,
    };

    /// <summary>The items of an array, in order.</summary>
    public IEnumerable<Value> Items()
    {
        var items = new ItemWalk(this);
        while (items.Next())
        {
            yield return items.Current;
        }
    }

    /// <summary>The names and values of an object, in order.</summary>
    public IEnumerable<KeyValuePair<string, Value>> Fields()
    {
        var fields = new FieldWalk(this);
        while (fields.Next())
        {
            yield return new(fields.Name, fields.Current);
        }
    }

    /// <summary>The value of an object's field, or <see cref="Undefined"/>.</summary>
    public Value Field(string name) => Lookups.Field(this, new FieldName(name));

    /// <summary>Writes the value as JSON; what came from the source keeps its digits. A function becomes an empty string, and nothing becomes null.</summary>
    public void WriteTo(IBufferWriter<byte> output) => JsonOutput.Write(this, output);

    /// <summary>The value as JSON text.</summary>
    public string ToJson()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Reads a JSON text into a value; the text is kept and read further on demand.</summary>
    public static Value FromJson(ReadOnlyMemory<byte> json) => JsonSource.Read(json).Root;

    public override string ToString() => IsUndefined ? "undefined" : ToJson();

    // Only Nothing and a place in a source have no kind of their own.
    private ValueKind KindInSource() => Reference is JsonSource source ? source.KindAt((int)Bits) : ValueKind.Undefined;
}
