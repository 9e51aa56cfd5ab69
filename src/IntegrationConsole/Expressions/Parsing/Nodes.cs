namespace IntegrationConsole.Expressions.Parsing;

internal sealed class NameNode(string name, int position) : Node(position)
{
    public string Name { get; } = name;
}

internal sealed class TextNode(string text, int position) : Node(position)
{
    public string Text { get; } = text;
}

internal sealed class NumberNode(double number, int position) : Node(position)
{
    public double Number { get; } = number;
}

/// <summary>Stands where the text ended although a value was expected.</summary>
internal sealed class EndNode(int position) : Node(position);

/// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
internal sealed class LiteralNode(string word, int position) : Node(position)
{
    public string Word { get; } = word;
}

internal sealed class VariableNode(string name, int position) : Node(position)
{
    public string Name { get; } = name;
}

internal sealed class WildcardNode(int position) : Node(position);

internal sealed class DescendantNode(int position) : Node(position);

internal sealed class ParentNode(Ancestor ancestor, int position) : Node(position)
{
    public Ancestor Meant { get; } = ancestor;
}

internal sealed class RegexNode(string pattern, string flags, int position) : Node(position)
{
    public string Pattern { get; } = pattern;

    public string Flags { get; } = flags;
}

internal sealed class PathNode(List<Node> steps, int position) : Node(position)
{
    public List<Node> Steps { get; } = steps;

    /// <summary>Its last part was an operator of its own, so <c>[]</c> after it means the whole path.</summary>
    public bool EndsInOperator { get; set; }

    /// <summary>That operator was <c>@</c>, so <c>[]</c> after it means the step as well.</summary>
    public bool EndsInFocus { get; set; }
}

internal sealed class SortNode(List<SortTerm> terms, int position) : Node(position)
{
    public List<SortTerm> Terms { get; } = terms;
}

internal sealed record SortTerm(Node Expression, bool Descending);

internal sealed class BinaryNode(string op, Node left, Node right, int position) : Node(position)
{
    public string Operator { get; } = op;

    public Node Left { get; } = left;

    public Node Right { get; } = right;
}

internal sealed class NegateNode(Node operand, int position) : Node(position)
{
    public Node Operand { get; } = operand;
}

internal sealed class ArrayNode(List<Node> items, int position) : Node(position)
{
    public List<Node> Items { get; } = items;
}

internal sealed class ObjectNode(Grouping fields, int position) : Node(position)
{
    public Grouping Fields { get; } = fields;
}

internal sealed class BlockNode(List<Node> expressions, int position) : Node(position)
{
    public List<Node> Expressions { get; } = expressions;
}

internal sealed class ConditionNode(Node condition, Node then, Node? otherwise, int position) : Node(position)
{
    public Node Condition { get; } = condition;

    public Node Then { get; } = then;

    public Node? Otherwise { get; } = otherwise;
}

/// <summary>The left side, or the right side where the left is false (<c>?:</c>) or not there (<c>??</c>).</summary>
internal sealed class FallbackNode(Node value, Node otherwise, bool onlyIfMissing, int position) : Node(position)
{
    public Node Value { get; } = value;

    public Node Otherwise { get; } = otherwise;

    public bool OnlyIfMissing { get; } = onlyIfMissing;
}

internal sealed class BindNode(string name, Node value, int position) : Node(position)
{
    public string Name { get; } = name;

    public Node Value { get; } = value;
}

internal sealed class ApplyNode(Node left, Node right, int position) : Node(position)
{
    public Node Left { get; } = left;

    public Node Right { get; } = right;
}

/// <summary>A call, or a partial application where an argument is <c>?</c>, which stands here as null.</summary>
internal sealed class CallNode(Node procedure, List<Node?> arguments, int position) : Node(position)
{
    public Node Procedure { get; } = procedure;

    public List<Node?> Arguments { get; } = arguments;

    public bool IsPartial => Arguments.Contains(null);
}

internal sealed class LambdaNode(List<string> parameters, string? signature, int signaturePosition, Node body, int position) : Node(position)
{
    public int SignaturePosition { get; } = signaturePosition;

    public List<string> Parameters { get; } = parameters;

    public string? Signature { get; } = signature;

    public Node Body { get; } = body;
}

internal sealed class TransformNode(Node pattern, Node update, Node? delete, int position) : Node(position)
{
    public Node Pattern { get; } = pattern;

    public Node Update { get; } = update;

    public Node? Delete { get; } = delete;
}
