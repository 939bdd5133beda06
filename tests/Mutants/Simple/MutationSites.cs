using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastProvider.Mutants.Simple;

/// <summary>
/// Finds every place of a source file where a simple change is possible: a bound moved by one, an operand dropped, an equation
/// turned around, a number one higher, a call left out. What the types forbid is found by the compiler, not here.
/// </summary>
internal sealed class MutationSites : CSharpSyntaxWalker
{
    private readonly string _file;
    private readonly SyntaxTree _tree;
    private readonly int _firstNumber;
    private readonly List<MutationSite> _found = [];

    private MutationSites(string file, SyntaxTree tree, int firstNumber)
    {
        _file = file;
        _tree = tree;
        _firstNumber = firstNumber;
    }

    /// <param name="repository">Where the file is.</param>
    /// <param name="file">Relative to it.</param>
    /// <param name="firstNumber">The number of the first site.</param>
    public static IReadOnlyList<MutationSite> Of(string repository, string file, int firstNumber)
    {
        var tree = CSharpSyntaxTree.ParseText(
            System.IO.File.ReadAllText(Path.Join(repository, file)), new CSharpParseOptions(LanguageVersion.Preview));
        var walker = new MutationSites(file, tree, firstNumber);
        walker.Visit(tree.GetRoot());
        return walker._found;
    }

    public override void VisitAttributeList(AttributeListSyntax node)
    {
        // Constants, as what follows.
    }

    public override void VisitEqualsValueClause(EqualsValueClauseSyntax node)
    {
        var isConstant = node.Parent is ParameterSyntax or EnumMemberDeclarationSyntax
            || node.Parent?.Parent?.Parent is LocalDeclarationStatementSyntax { IsConst: true }
            || (node.Parent?.Parent?.Parent is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword));
        if (!isConstant)
        {
            base.VisitEqualsValueClause(node);
        }
    }

    public override void VisitCaseSwitchLabel(CaseSwitchLabelSyntax node)
    {
    }

    public override void VisitConstantPattern(ConstantPatternSyntax node)
    {
    }

    public override void VisitRelationalPattern(RelationalPatternSyntax node)
    {
    }

    public override void VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        var (left, right) = (Text(node.Left), Text(node.Right));
        switch (node.Kind())
        {
            case SyntaxKind.LessThanExpression:
                Choose(node, $"{left} <= {right}", "< becomes <=");
                break;
            case SyntaxKind.LessThanOrEqualExpression:
                Choose(node, $"{left} < {right}", "<= becomes <");
                break;
            case SyntaxKind.GreaterThanExpression:
                Choose(node, $"{left} >= {right}", "> becomes >=");
                break;
            case SyntaxKind.GreaterThanOrEqualExpression:
                Choose(node, $"{left} > {right}", ">= becomes >");
                break;
            case SyntaxKind.AddExpression:
                Choose(node, $"{left} - {right}", "+ becomes -");
                break;
            case SyntaxKind.SubtractExpression:
                Choose(node, $"{left} + {right}", "- becomes +");
                break;
            case SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression:
                Add(node, n => $"({Switch(n)} ^ (", "))", "turned around");
                break;
            case SyntaxKind.LogicalAndExpression:
                Add(node.Left, n => $"({Switch(n)} || (", "))", "left operand of && dropped");
                Add(node.Right, n => $"({Switch(n)} || (", "))", "right operand of && dropped");
                break;
            case SyntaxKind.LogicalOrExpression:
                Add(node.Left, n => $"(!{Switch(n)} && (", "))", "left operand of || dropped");
                Add(node.Right, n => $"(!{Switch(n)} && (", "))", "right operand of || dropped");
                break;
            default:
                break;
        }

        base.VisitBinaryExpression(node);
    }

    public override void VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        if (node.IsKind(SyntaxKind.LogicalNotExpression))
        {
            Add(node, n => $"({Switch(n)} ^ ", ")", "! dropped");
        }

        base.VisitPrefixUnaryExpression(node);
    }

    public override void VisitLiteralExpression(LiteralExpressionSyntax node)
    {
        if (node.IsKind(SyntaxKind.TrueLiteralExpression))
        {
            Add(node, n => $"(!{Switch(n)} && (", "))", "true becomes false");
        }
        else if (node.IsKind(SyntaxKind.FalseLiteralExpression))
        {
            Add(node, n => $"({Switch(n)} || (", "))", "false becomes true");
        }
        else if (node.Token.Value is int value)
        {
            Choose(node, $"{value + 1}", $"{node.Token.Text} becomes {value + 1}");
        }
    }

    public override void VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (node.Expression is InvocationExpressionSyntax or AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax)
        {
            Add(node, n => $"if (!{Switch(n)}) {{ ", " }", "statement dropped");
        }

        base.VisitExpressionStatement(node);
    }

    /// <summary>Both expressions, one of which is taken. A text of several lines would move the lines behind it.</summary>
    private void Choose(ExpressionSyntax node, string instead, string what)
    {
        if (!instead.Contains("//", StringComparison.Ordinal))
        {
            Add(node, n => $"({Switch(n)} ? {instead.ReplaceLineEndings(" ")} : ", ")", what);
        }
    }

    private void Add(SyntaxNode node, Func<int, string> before, string behind, string what)
    {
        var number = _firstNumber + _found.Count;
        var member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? node;
        _found.Add(new MutationSite(
            number, _file, node.Span.Start, node.Span.End, Lines(node), Lines(member), before(number), behind,
            $"{what}: {Text(node).ReplaceLineEndings(" ")}"));
    }

    private (int First, int Last) Lines(SyntaxNode node)
    {
        var lines = _tree.GetLineSpan(node.Span);
        return (lines.StartLinePosition.Line + 1, lines.EndLinePosition.Line + 1);
    }

    private static string Text(SyntaxNode node) => node.ToString();

    private static string Switch(int number) => $"global::FastProvider.ActiveMutant.Is({number})";
}
