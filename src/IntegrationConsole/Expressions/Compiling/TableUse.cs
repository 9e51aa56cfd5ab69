using IntegrationConsole.Expressions.Parsing;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>Which lookup tables an expression asks for, as far as its text tells.</summary>
internal sealed class TableUse
{
    private const string Function = "lookup_table";

    private readonly HashSet<string> _names = [];
    private readonly HashSet<VariableNode> _named = [];

    public IReadOnlySet<string> Names => _names;

    /// <summary>A name is reckoned, or the function is passed on, or there may be text that is evaluated: any table may be asked for.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Seen before its parts are.</summary>
    public void Call(CallNode call)
    {
        if (call is { Procedure: VariableNode { Name: Function } function, Arguments: [TextNode name, ..] })
        {
            _names.Add(name.Text);
            _named.Add(function);
        }
    }

    public void Variable(VariableNode variable) => IsOpen |= variable.Name is "eval" || (variable.Name is Function && !_named.Contains(variable));
}
