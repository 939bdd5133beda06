using System.Linq;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators;

/// <summary>What can be wrong with a declaration. Each is an error: no code is emitted for it.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor NotPartial = Fault(
        "FPG001", "A type is not partial",
        "'{0}' and the types around it must be partial and not generic, so that code can be added");

    public static readonly DiagnosticDescriptor WrongFindMethod = Fault(
        "FPG002", "A find method has another shape",
        "'{0}' must be a static partial method without a body that takes one ReadOnlySpan<byte> and returns bool or an"
            + " enum, or takes a string and returns an enum");

    public static readonly DiagnosticDescriptor EmptyName = Fault(
        "FPG003", "A name is empty", "A name must have at least one character{0}");

    public static readonly DiagnosticDescriptor NotAscii = Fault(
        "FPG004", "A name is not ASCII", "'{0}' has a character that is not printable ASCII");

    public static readonly DiagnosticDescriptor DuplicateName = Fault(
        "FPG005", "A name is there twice", "'{0}' already stands for something else in this table");

    public static readonly DiagnosticDescriptor NoNames = Fault(
        "FPG006", "There is nothing to find", "'{0}' has no name to find");

    public static readonly DiagnosticDescriptor NoUnnamedZero = Fault(
        "FPG007", "Nothing stands for other names",
        "'{0}' needs a member of value 0 without a name, which stands for all other names");

    public static readonly DiagnosticDescriptor WrongArgument = Fault(
        "FPG008", "An argument is not of the table",
        "{0} is not what the method looks for: named members of its enum, or strings if it returns bool");

    public static readonly DiagnosticDescriptor UpperCase = Fault(
        "FPG009", "A name is not in lower case", "'{0}' must be declared in lower case, as case is ignored");

    public static readonly DiagnosticDescriptor UnsupportedMember = Fault(
        "FPG010", "A member cannot be read",
        "'{0}' must be a writable ReadOnlyMemory<byte>, long or enum, or a SecretBuffer, of the instance");

    public static readonly DiagnosticDescriptor WrongTaker = Fault(
        "FPG011", "A method has another shape",
        "'{0}' is not a method that emitted code can call here (see FromJson, JsonStart and JsonEnd)");

    public static readonly DiagnosticDescriptor PathClash = Fault(
        "FPG012", "A path is taken",
        "'{0}' already stands for something else, or leads through a value or an array that was declared otherwise");

    public static readonly DiagnosticDescriptor WrongPath = Fault(
        "FPG013", "A path leads nowhere",
        "'{0}' is no path: it begins at an object, and [] or {{}} may end it only for a method");

    public static readonly DiagnosticDescriptor TooDeep = Fault("FPG014", "A path is too deep", "'{0}' has more than 8 levels");

    public static readonly DiagnosticDescriptor NotResumable = Fault(
        "FPG015", "A member does not outlive a piece", "'{0}' must be a SecretBuffer, as the document comes in pieces");

    public static readonly DiagnosticDescriptor WrongWordMethod = Fault(
        "FPG016", "A word method has another shape",
        "'{0}' must be a static partial method without a body that takes one enum and returns ReadOnlySpan<byte> or string");

    public static readonly DiagnosticDescriptor WrongCall = Fault(
        "FPG017", "A line names no system call",
        "'{0}' is no section, or no call that is new in it: its name, its number on x86_64 and on arm64 (- for none)");

    public static DiagnosticDescriptor ById(string id) => All.First(descriptor => descriptor.Id == id);

    private static DiagnosticDescriptor[] All =>
        [
            NotPartial, WrongFindMethod, EmptyName, NotAscii, DuplicateName, NoNames, NoUnnamedZero, WrongArgument, UpperCase,
            UnsupportedMember, WrongTaker, PathClash, WrongPath, TooDeep, NotResumable, WrongWordMethod,
            WrongCall,
        ];

    private static DiagnosticDescriptor Fault(string id, string title, string message) =>
        new(id, title, message, "FastProvider.Generators", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
