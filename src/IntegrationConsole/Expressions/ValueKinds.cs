namespace IntegrationConsole.Expressions;

/// <summary>The kinds of value that an expression may give, as far as its text tells.</summary>
[Flags]
public enum ValueKinds
{
    /// <summary>No value at all, or null.</summary>
    Nothing = 1,
    Boolean = 2,
    Number = 4,
    Text = 8,
    List = 16,
    Object = 32,
    Function = 64,

    /// <summary>Whatever a record can hold.</summary>
    Data = Nothing | Boolean | Number | Text | List | Object,
    Any = Data | Function,
}
