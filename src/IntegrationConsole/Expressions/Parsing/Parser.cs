using System.Runtime.CompilerServices;

namespace IntegrationConsole.Expressions.Parsing;

/// <summary>
/// Reads an expression by operator precedence: what a word begins is read by <see cref="Begin"/>, what continues a
/// value by <see cref="Continue"/>.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>More nesting than anyone writes, and little enough for every thread's stack.</summary>
    private const int NestingLimit = 400;

    private readonly Tokenizer _tokens;
    private Token _token;
    private int _nesting;
    private int _ancestors;

    /// <summary>A value was expected at the end. Something else may be missing there that is the clearer error.</summary>
    private bool _endsEarly;

    private Parser(string text)
    {
        _tokens = new Tokenizer(text);
        Advance(afterValue: false);
    }

    public static Node Parse(string text)
    {
        var parser = new Parser(text);
        var expression = parser.Expression(0);
        if (parser._token.Kind != TokenKind.End)
        {
            throw new ExpressionFailure("S0201", parser._token.Position, parser._token.Text);
        }

        if (parser._endsEarly)
        {
            throw new ExpressionFailure("S0207", text.Length, "(end)");
        }

        return expression is ParentNode || expression.Seeking is not null
            ? throw new ExpressionFailure("S0217", expression.Position)
            : expression;
    }

    private Node Expression(int power)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_nesting > NestingLimit)
        {
            throw new ExpressionFailure(ErrorCodes.Nesting, _token.Position);
        }

        var token = _token;
        Advance(afterValue: !Begins(token));
        var left = Begin(token);
        var links = 0;
        while (power < Power(_token))
        {
            // A chain of operators nests to the left as deep as it is long.
            if (++links + _nesting > NestingLimit * 5)
            {
                throw new ExpressionFailure(ErrorCodes.Nesting, _token.Position);
            }

            token = _token;
            Advance(afterValue: false);
            left = Continue(left, token);
        }

        _nesting--;
        return left;
    }

    /// <summary>Whether a value must follow, which decides what a slash means.</summary>
    private static bool Begins(Token token) =>
        token.Kind == TokenKind.Operator && token.Text is not ("and" or "or" or "in" or "*" or "**" or "%");

    private void Advance(bool afterValue)
    {
        _token = _tokens.Next(afterValue);
        if (_token.Is("!") || _token.Is("~"))
        {
            throw new ExpressionFailure("S0204", _token.Position, _token.Text);
        }
    }

    private void Expect(string text, bool afterValue)
    {
        if (!_token.Is(text))
        {
            var code = _token.Kind == TokenKind.End ? "S0203" : "S0202";
            throw new ExpressionFailure(code, _token.Position, _token.Text, detail: text);
        }

        Advance(afterValue);
    }

    private static int Power(Token token) => token.Kind != TokenKind.Operator ? 0 : token.Text switch
    {
        "[" or "(" or "@" or "#" => 80,
        "." => 75,
        "{" => 70,
        "*" or "/" or "%" => 60,
        "+" or "-" or "&" => 50,
        "=" or "<" or ">" or "^" or "!=" or "<=" or ">=" or "~>" or "?:" or "??" or "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    };

    private Node Continue(Node left, Token token)
    {
        switch (token.Text)
        {
            case "[":
                return Predicate(left, token);
            case "(":
                return CallOrLambda(left, token);
            case "@" or "#":
                return Bound(left, token);
            case ".":
                return Shaping.Path(left, Expression(75), token.Position);
            case "{":
                return Grouped(left, token);
            case "^":
                return Sorted(left, token);
            case "?":
                return Condition(left, token);
            case "?:" or "??":
                return Fallback(left, token);
            case ":=":
                return Bind(left, token);
            case "~>":
                var right = Expression(40);
                return new ApplyNode(left, right, token.Position) { KeepArray = left.KeepArray || right.KeepArray };
            default:
                return Binary(left, token);
        }
    }

    private BinaryNode Binary(Node left, Token token)
    {
        var right = Expression(Power(token));
        var binary = new BinaryNode(token.Text, left, right, token.Position);
        Ancestry.HandUp(binary, left);
        Ancestry.HandUp(binary, right);
        return binary;
    }

    private Node Predicate(Node left, Token token)
    {
        if (_token.Is("]"))
        {
            Advance(afterValue: true);
            return Shaping.KeepArray(left);
        }

        var predicate = Expression(0);
        Expect("]", afterValue: true);
        return Shaping.Filter(left, predicate, token.Position);
    }

    private Node Bound(Node left, Token token)
    {
        var right = Expression(80);
        if (right is not VariableNode variable)
        {
            throw new ExpressionFailure("S0214", right.Position, token.Text);
        }

        return token.Text == "@" ? Shaping.Focus(left, variable.Name, token) : Shaping.Index(left, variable.Name, token);
    }

    private Node Grouped(Node left, Token token)
    {
        if (left.Group is not null)
        {
            throw new ExpressionFailure("S0210", token.Position);
        }

        left.Group = new Grouping(Pairs(), token.Position);
        return left;
    }

    private PathNode Sorted(Node left, Token token)
    {
        Expect("(", afterValue: false);
        var terms = new List<SortTerm>();
        do
        {
            if (terms.Count > 0)
            {
                Advance(afterValue: false);
            }

            var descending = _token.Is(">");
            if (descending || _token.Is("<"))
            {
                Advance(afterValue: false);
            }

            terms.Add(new SortTerm(Expression(0), descending));
        }
        while (_token.Is(","));
        Expect(")", afterValue: true);
        return Shaping.Sort(left, terms, token.Position);
    }

    private ConditionNode Condition(Node condition, Token token)
    {
        var then = Expression(0);
        Node? otherwise = null;
        if (_token.Is(":"))
        {
            Advance(afterValue: false);
            otherwise = Expression(0);
        }

        var node = new ConditionNode(condition, then, otherwise, token.Position);
        Ancestry.HandUp(node, condition);
        Ancestry.HandUp(node, then);
        Ancestry.HandUp(node, otherwise);
        return node;
    }

    private FallbackNode Fallback(Node left, Token token)
    {
        var otherwise = Expression(0);
        var node = new FallbackNode(left, otherwise, token.Text == "??", token.Position);
        Ancestry.HandUp(node, left);
        Ancestry.HandUp(node, otherwise);
        return node;
    }

    private BindNode Bind(Node left, Token token)
    {
        if (left is not VariableNode { Predicates: null, Group: null } variable)
        {
            throw new ExpressionFailure("S0212", left.Position);
        }

        // To the right first, so that $a := $b := 5 binds both.
        var value = Expression(9);
        var bind = new BindNode(variable.Name, value, token.Position);
        Ancestry.HandUp(bind, value);
        return bind;
    }
}
