namespace IntegrationConsole.Expressions.Values;

/// <summary>What a value of the language is; <see cref="Undefined"/> is the absence of a value, which JSON does not have.</summary>
public enum ValueKind : byte
{
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
    Function,
}
