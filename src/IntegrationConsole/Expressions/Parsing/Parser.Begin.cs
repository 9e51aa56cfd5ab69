using System.Globalization;
using System.Text;

namespace IntegrationConsole.Expressions.Parsing;

/// <summary>The half that reads what a word begins.</summary>
internal sealed partial class Parser
{
    private Node Begin(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Shaping.Name(token.Text, token.Position);
            case TokenKind.Variable:
                return new VariableNode(token.Text, token.Position);
            case TokenKind.Text:
                return new TextNode(token.Text, token.Position);
            case TokenKind.Number:
                return new NumberNode(token.Number, token.Position);
            case TokenKind.Literal:
                return new LiteralNode(token.Text, token.Position);
            case TokenKind.Regex:
                return new RegexNode(token.Text, token.Flags, token.Position);
            case TokenKind.End:
                _endsEarly = true;
                return new EndNode(token.Position);
            default:
                return BeginWithOperator(token);
        }
    }

    private Node BeginWithOperator(Token token)
    {
        switch (token.Text)
        {
            case "and" or "or" or "in":
                return Shaping.Name(token.Text, token.Position);
            case "*":
                return new WildcardNode(token.Position);
            case "**":
                return new DescendantNode(token.Position);
            case "%":
                return new ParentNode(new Ancestor("!" + (_ancestors++).ToString(CultureInfo.InvariantCulture)), token.Position);
            case "-":
                return Negated(token);
            case "(":
                return Block(token);
            case "[":
                return Array(token);
            case "{":
                var fields = new ObjectNode(new Grouping(Pairs(), token.Position), token.Position);
                foreach (var (key, value) in fields.Fields.Pairs)
                {
                    Ancestry.HandUp(fields, key);
                    Ancestry.HandUp(fields, value);
                }

                return fields;
            case "|":
                return Transform(token);
            default:
                throw new ExpressionFailure("S0211", token.Position, token.Text);
        }
    }

    private Node Negated(Token token)
    {
        var operand = Expression(70);
        if (operand is NumberNode { Predicates: null } number)
        {
            return new NumberNode(-number.Number, number.Position);
        }

        var negated = new NegateNode(operand, token.Position);
        Ancestry.HandUp(negated, operand);
        return negated;
    }

    private BlockNode Block(Token token)
    {
        var expressions = new List<Node>();
        while (!_token.Is(")"))
        {
            expressions.Add(Expression(0));
            if (!_token.Is(";"))
            {
                break;
            }

            Advance(afterValue: false);
        }

        Expect(")", afterValue: true);
        var block = new BlockNode(expressions, token.Position);
        foreach (var each in expressions)
        {
            Ancestry.HandUp(block, each);
            block.Constructs |= each.Constructs || (each is PathNode path && path.Steps[0].Constructs);
        }

        return block;
    }

    private ArrayNode Array(Token token)
    {
        var items = new List<Node>();
        if (!_token.Is("]"))
        {
            do
            {
                if (items.Count > 0)
                {
                    Advance(afterValue: false);
                }

                items.Add(Item());
            }
            while (_token.Is(","));
        }

        Expect("]", afterValue: true);
        var array = new ArrayNode(items, token.Position);
        items.ForEach(item => Ancestry.HandUp(array, item));
        return array;
    }

    private Node Item()
    {
        var first = Expression(0);
        if (!_token.Is(".."))
        {
            return first;
        }

        var position = _token.Position;
        Advance(afterValue: false);
        var last = Expression(0);
        var range = new BinaryNode("..", first, last, position);
        Ancestry.HandUp(range, first);
        Ancestry.HandUp(range, last);
        return range;
    }

    private List<(Node Key, Node Value)> Pairs()
    {
        var pairs = new List<(Node, Node)>();
        if (!_token.Is("}"))
        {
            do
            {
                if (pairs.Count > 0)
                {
                    Advance(afterValue: false);
                }

                var key = Expression(0);
                Expect(":", afterValue: false);
                pairs.Add((key, Expression(0)));
            }
            while (_token.Is(","));
        }

        Expect("}", afterValue: true);
        return pairs;
    }

    private TransformNode Transform(Token token)
    {
        var pattern = Expression(0);
        Expect("|", afterValue: false);
        var update = Expression(0);
        Node? delete = null;
        if (_token.Is(","))
        {
            Advance(afterValue: false);
            delete = Expression(0);
        }

        Expect("|", afterValue: true);
        return new TransformNode(pattern, update, delete, token.Position);
    }

    private Node CallOrLambda(Node procedure, Token token)
    {
        var isLambda = procedure is PathNode { Steps: [NameNode { Name: "function" or "λ" }], KeepArray: false } path && path.Steps[0].Stages is null;
        var arguments = new List<Node?>();
        var places = new List<Token>();
        if (!_token.Is(")"))
        {
            do
            {
                if (arguments.Count > 0)
                {
                    Advance(afterValue: false);
                }

                places.Add(_token);
                arguments.Add(Argument());
            }
            while (_token.Is(","));
        }

        Expect(")", afterValue: true);
        if (isLambda)
        {
            return Lambda(arguments, places, token);
        }

        var call = new CallNode(procedure, arguments, token.Position);
        arguments.ForEach(argument => Ancestry.HandUp(call, argument));
        return call;
    }

    private Node? Argument()
    {
        if (!_token.Is("?"))
        {
            return Expression(0);
        }

        Advance(afterValue: true);
        return null;
    }

    private LambdaNode Lambda(List<Node?> arguments, List<Token> places, Token token)
    {
        var parameters = new List<string>();
        for (var index = 0; index < arguments.Count; index++)
        {
            parameters.Add(arguments[index] is VariableNode { Predicates: null } variable
                ? variable.Name
                : throw new ExpressionFailure("S0208", places[index].Position, places[index].Text));
        }

        var signaturePosition = _token.Position;
        var signature = _token.Is("<") ? Signature() : null;
        Expect("{", afterValue: false);
        var body = Expression(0);
        Expect("}", afterValue: true);
        return new LambdaNode(parameters, signature, signaturePosition, body, token.Position);
    }

    private string Signature()
    {
        var signature = new StringBuilder("<");
        for (var depth = 1; depth > 0;)
        {
            Advance(afterValue: true);
            if (_token.Is("{") || _token.Kind == TokenKind.End)
            {
                break;
            }

            depth += _token.Is("<") ? 1 : _token.Is(">") ? -1 : 0;
            signature.Append(_token.Text);
        }

        Expect(">", afterValue: true);
        return signature.ToString();
    }
}
